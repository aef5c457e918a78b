# SPDX-License-Identifier: GPL-2.0-only
# A stock Linux guest with three devices of the board: PL031 (its alarm's interrupt), PL061 (GPIO lines) and the page of virtio-mmio
# transports with a virtio-rng, which accesses memory by itself. Variables: CORE. dom0 has memory reserved at 0x80000000.
. ./linux-lib.sh

RTC=9010000.pl031
RTC_DRIVER=/sys/bus/amba/drivers/rtc-pl031
GPIO=9030000.pl061
GPIO_DRIVER=/sys/bus/amba/drivers/pl061_gpio
RESERVED='amp,reserved-memory = "/reserved-memory/guest@80000000";'
TRANSPORTS='"/virtio_mmio@a003000", "/virtio_mmio@a003200", "/virtio_mmio@a003400", "/virtio_mmio@a003600", "/virtio_mmio@a003800", "/virtio_mmio@a003a00", "/virtio_mmio@a003c00", "/virtio_mmio@a003e00"'

give() { echo "$1" >"$2" || fail "echo $1 > $2"; }
# dom0 uses the virtio-rng itself where its kernel is the modules'
dom0_reads_rng() {
    case "$(uname -r)" in 6.1.*) ;; *) return 0 ;; esac
    run insmod ./virtio_mmio.ko
    run insmod ./virtio-rng.ko
    expect "^32$" sh -c 'dd if=/dev/hwrng bs=32 count=1 2>/dev/null | wc -c'
    refuse "held by Linux's driver 'virtio-mmio'" ampctl check "$WORK/tux.dts"
    run rmmod virtio-rng
    run rmmod virtio_mmio
}

load_module
remember_machine
guest_root "$WORK/root"
cp virtio_mmio.ko virtio-rng.ko "$WORK/root/"
pack_root "$WORK/root" "$WORK/initrd.gz"
# describe_devices MEMORY LINES
describe_devices() {
    describe_linux tux 1 "$CORE" /e2e/Image "$WORK/initrd.gz" 0x10000000 "" "$2"
    sed -i "s/0x0 0x40000000 0x0/0x0 $1 0x0/" "$WORK/tux.dts"
}

step "DMA: refused without the allowance, and with memory that is not one to one"
describe_devices 0x40000000 "amp,devices = $TRANSPORTS;"
refuse "no IOMMU confines it" ampctl check "$WORK/tux.dts"
describe_devices 0x40000000 "amp,devices = $TRANSPORTS; amp,allow-dma;"
refuse "takes the guest's addresses for physical ones" ampctl check "$WORK/tux.dts"
describe_devices 0x80000000 "amp,devices = \"/virtio_mmio@a003e00\"; $RESERVED amp,allow-dma;"
refuse "shares a 4 KiB page with /virtio_mmio@a003000" ampctl check "$WORK/tux.dts"

step "all three, used by a stock Linux"
give "$RTC" "$RTC_DRIVER/unbind"
give "$GPIO" "$GPIO_DRIVER/unbind"
describe_devices 0x80000000 "amp,devices = \"/pl031@9010000\", \"/pl061@9030000\", $TRANSPORTS; $RESERVED amp,allow-dma;"
dom0_reads_rng
run ampctl plan "$WORK/tux.dts"
run ampctl create "$WORK/tux.dts"
start_linux tux
wait_new tux "^guest: "
wait_new tux "^/ # "
ask tux 'echo +2 >/sys/class/rtc/rtc0/wakealarm; sleep 3; grep rtc-pl031 /proc/interrupts' '^ *[0-9]+: +1 .*rtc-pl031' 60
ask tux 'cd /sys/class/gpio; echo $(cat gpiochip*/base) >export; cd gpio*[0-9]/; echo high >direction; cat value' '^1'
ask tux 'echo 0 >value; echo value is $(cat value); cd /' '^value is 0'
ask tux 'insmod /virtio_mmio.ko; insmod /virtio-rng.ko; cat /sys/class/misc/hw_random/rng_current' '^virtio_rng'
ask tux 'echo read $(dd if=/dev/hwrng bs=64 count=16 2>/dev/null | wc -c) bytes; grep virtio /proc/interrupts' '^read 1024 bytes' 60
expect "device" ampctl stats tux
run ampctl stop tux
remove tux

step "back: Linux's drivers work again"
give "$RTC" "$RTC_DRIVER/bind"
give "$GPIO" "$GPIO_DRIVER/bind"
rtc=$(ls -d /sys/bus/amba/devices/$RTC/rtc/rtc*)
alarms() { awk '/rtc-pl031/ { for (i = 2; $i ~ /^[0-9]+$/; i++) sum += $i } END { print sum + 0 }' /proc/interrupts; }
before=$(alarms)
echo 0 >"$rtc/wakealarm"
echo +1 >"$rtc/wakealarm"
more_alarms() { [ "$(alarms)" -gt "$before" ]; }
wait_until 20 "Linux's alarm" more_alarms
describe_devices 0x80000000 "amp,devices = $TRANSPORTS; $RESERVED amp,allow-dma;"
dom0_reads_rng
unload_module
check_machine 4096
finish
