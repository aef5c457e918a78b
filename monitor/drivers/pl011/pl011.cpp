// SPDX-License-Identifier: GPL-2.0-only
// Registers of the PL011 (Arm DDI 0183 r1p5, chapter 3). Unknown offsets read as zero and ignore writes; a guest that never
// sets UARTCR, as boot loaders and early consoles do, can transmit all the same.
#include "drivers/pl011/pl011.hpp"

namespace amp {
namespace {

// Register offsets, section 3.2
enum : uint32_t {
    uartdr = 0x00,
    uartrsr = 0x04,
    uartfr = 0x18,
    uartilpr = 0x20,
    uartibrd = 0x24,
    uartfbrd = 0x28,
    uartlcr_h = 0x2c,
    uartcr = 0x30,
    uartifls = 0x34,
    uartimsc = 0x38,
    uartris = 0x3c,
    uartmis = 0x40,
    uarticr = 0x44,
    uartdmacr = 0x48,
    uartperiphid0 = 0xfe0,
};

// UARTFR, section 3.3.3
constexpr uint16_t cts = 1u << 0, dsr = 1u << 1, dcd = 1u << 2, rxfe = 1u << 4, rxff = 1u << 6, txfe = 1u << 7;

// UARTPeriphID0-3 of r1p5, UARTPCellID0-3 (sections 3.3.14 to 3.3.21)
constexpr uint8_t identification[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

constexpr uint16_t all_interrupts = 0x7ff;

} // namespace

void Pl011::reset() {
    *this = Pl011{};
    control_ = 0x300;    // TXE, RXE
    fifo_levels_ = 0x12; // both half full
}

uint16_t Pl011::flags() const {
    uint16_t value = cts | dsr | dcd | txfe;
    if (count_ == 0) {
        value |= rxfe;
    }
    if (count_ == capacity()) {
        value |= rxff;
    }
    return value;
}

// UARTIFLS.RXIFLSEL, section 3.3.9: 1/8, 1/4, 1/2, 3/4, 7/8; without the FIFO each byte counts.
unsigned Pl011::rx_trigger() const {
    constexpr uint8_t levels[] = {2, 4, 8, 12, 14, 14, 14, 14};
    return (line_control_ & fifo_enable) != 0 ? levels[(fifo_levels_ >> 3) & 7] : 1;
}

void Pl011::update_rx() {
    if (count_ >= rx_trigger()) {
        raw_ |= rx;
    } else {
        raw_ = static_cast<uint16_t>(raw_ & ~rx);
    }
    if (count_ == 0) {
        raw_ = static_cast<uint16_t>(raw_ & ~rt);
    }
}

// The transmit FIFO has drained below its trigger level again, which is when the interrupt is raised (section 2.8.3).
void Pl011::transmit_done() { raw_ |= tx; }

unsigned Pl011::room() const {
    const bool enabled = (control_ & (uart_enable | rx_enable)) == (uart_enable | rx_enable);
    return enabled && count_ < capacity() ? capacity() - count_ : 0;
}

void Pl011::receive(uint8_t byte) {
    fifo_[(head_ + count_) % fifo_size] = byte;
    ++count_;
    update_rx();
}

void Pl011::input_paused() {
    if (count_ != 0) {
        raw_ |= rt;
    }
}

uint8_t Pl011::take() {
    if (count_ == 0) {
        return 0;
    }
    const uint8_t byte = fifo_[head_];
    head_ = static_cast<uint8_t>((head_ + 1u) % fifo_size);
    --count_;
    update_rx();
    return byte;
}

uint16_t Pl011::read(uint32_t offset) {
    if (offset >= uartperiphid0 && offset <= uartperiphid0 + 0x1c) {
        return identification[(offset - uartperiphid0) / 4];
    }
    switch (offset) {
    case uartdr: return take();
    case uartfr: return flags();
    case uartilpr: return irda_;
    case uartibrd: return integer_divisor_;
    case uartfbrd: return fraction_divisor_;
    case uartlcr_h: return line_control_;
    case uartcr: return control_;
    case uartifls: return fifo_levels_;
    case uartimsc: return mask_;
    case uartris: return raw_;
    case uartmis: return raw_ & mask_;
    case uartdmacr: return dma_control_;
    default: return 0; // UARTRSR: there are no receive errors
    }
}

Pl011::Sent Pl011::write(uint32_t offset, uint16_t value) {
    switch (offset) {
    case uartdr:
        transmit_done();
        if ((control_ & loopback_enable) != 0) {
            if (room() != 0) {
                receive(static_cast<uint8_t>(value));
                input_paused();
            }
            return {false, 0};
        }
        return {true, static_cast<uint8_t>(value)};
    case uartilpr: irda_ = value & 0xff; break;
    case uartibrd: integer_divisor_ = value; break;
    case uartfbrd: fraction_divisor_ = value & 0x3f; break;
    case uartlcr_h:
        if (((line_control_ ^ value) & fifo_enable) != 0) {
            // Switching the FIFOs empties them (section 2.4.3: they become one-byte holding registers).
            head_ = count_ = 0;
        }
        line_control_ = value & 0xff;
        update_rx();
        break;
    case uartcr: control_ = value; break;
    case uartifls:
        fifo_levels_ = value & 0x3f;
        update_rx();
        break;
    case uartimsc: mask_ = value & all_interrupts; break;
    case uarticr:
        raw_ = static_cast<uint16_t>(raw_ & ~value);
        break;
    case uartdmacr: dma_control_ = value & 7; break;
    default: break;
    }
    return {false, 0};
}

} // namespace amp
