# SPDX-License-Identifier: GPL-2.0-only
# Firmware with an OpenAMP resource table: its service appears in dom0, messages go both ways, and both sides come again after they
# ended: the firmware by stop and start, dom0's worker by kill -9.
. ./linux-lib.sh
. ./virtio-lib.sh

has_service() { ampctl rpmsg ls echo | grep -q '^echo  *1024'; }
pinged() { ampctl rpmsg ping echo echo --count 3 --timeout 5 >/dev/null 2>&1; }

load_module
remember_machine
remember_files
write_description echo 1 3 "memory = <0x0 0x40000000 0x0 0x00800000>;
            amp,image = \"$GUESTS/rpmsg-echo.elf\";
            virtio { link { compatible = \"virtio,rpmsg\"; }; };"

step "the firmware announces its service"
run ampctl create "$WORK/echo.dts"
run ampctl start echo
wait_console echo '^rpmsg-echo: service echo at 1024, status 0'
wait_until 20 "the service to appear" has_service
expect '^echo  *1024  /run/amp/echo/link/echo.1024' ampctl rpmsg ls echo

step "messages there and back, of all sizes, and more than the vrings hold"
for size in 21 64 495 496; do
    expect "^figure: 200 messages of $size bytes, all came back" \
        sh -c "ampctl rpmsg ping echo echo --count 200 --size $size | sed 's/^/figure: /'"
done
expect '^two words' sh -c 'printf "two words\nmore\n" | ampctl rpmsg open echo echo --count 2 --timeout 10'
grep -q '^more' "$WORK/out" || fail "the second line did not come back"
refuse 'messages of 497 bytes are not possible' ampctl rpmsg ping echo echo --size 497
refuse 'did you mean "echo"' ampctl rpmsg ping echo ehco

step "two clients at once have their own answers"
ampctl rpmsg ping echo echo --count 500 --timeout 20 >"$WORK/first" 2>&1 &
first=$!
expect '^500 messages of 100 bytes, all came back' ampctl rpmsg ping echo echo --count 500 --size 100 --timeout 20
wait "$first" || fail "the other client: $(cat "$WORK/first")"

step "the worker is killed: the next one has the service and the vrings"
before=$(back_end echo worker)
for kill in 1 2 3 4 5; do
    kill_worker echo
    wait_until 20 "the service to answer again" pinged
done
echo "workers since $before: $(back_end echo restarts) restarts"

step "the firmware starts anew"
run ampctl stop echo
run ampctl start echo
wait_until 20 "the service to appear again" has_service
wait_until 20 "the service to answer again" pinged

step "it ends by itself, and its service goes with it"
echo quit | ampctl rpmsg open echo echo --timeout 10 || true
wait_state echo stopped
wait_console echo 'messages, bye$'
run ampctl start echo
wait_until 20 "the service to appear after its own end" pinged

step "everything back"
remove echo
check_given_back echo
unload_module
check_machine
finish
