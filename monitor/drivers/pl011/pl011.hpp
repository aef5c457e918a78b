// SPDX-License-Identifier: GPL-2.0-only
// The guest's console: an emulated PrimeCell UART, PL011 r1p5 (Arm DDI 0183). Transmission takes no time, so its FIFO is always
// empty; the receive FIFO is filled from a source as the guest reads. It knows neither streams nor interrupt controllers.
#ifndef AMP_MONITOR_DRIVERS_PL011_PL011_HPP
#define AMP_MONITOR_DRIVERS_PL011_PL011_HPP

#include <stdint.h>

namespace amp {

class Pl011 {
public:
    static constexpr unsigned fifo_size = 16;

    // What a write of the data register wants sent.
    struct Sent {
        bool any;
        uint8_t byte;
    };

    // The state after reset; first call. (Without it every member is zero, so that an instance may lie in zeroed data.)
    void reset();

    uint16_t read(uint32_t offset);
    Sent write(uint32_t offset, uint16_t value);

    // Room for input now: FIFO (or one byte without it), receiver enabled.
    unsigned room() const;
    void receive(uint8_t byte);
    // The receive timeout: what is in the FIFO below its trigger level is announced as well.
    void input_paused();

    // Level of the combined interrupt UARTINTR.
    bool line() const { return (raw_ & mask_) != 0; }

    // Interrupt bits of UARTRIS, UARTMIS, UARTIMSC, UARTICR (section 3.3.11).
    static constexpr uint16_t rx = 1u << 4, tx = 1u << 5, rt = 1u << 6;

private:
    uint8_t take();
    uint16_t flags() const;
    unsigned capacity() const { return (line_control_ & fifo_enable) != 0 ? fifo_size : 1; }
    unsigned rx_trigger() const;
    void update_rx();
    void transmit_done();

    static constexpr uint16_t fifo_enable = 1u << 4; // UARTLCR_H.FEN
    static constexpr uint16_t uart_enable = 1u << 0, loopback_enable = 1u << 7, rx_enable = 1u << 9; // UARTCR

    uint8_t fifo_[fifo_size] = {};
    uint8_t head_ = 0, count_ = 0;
    uint16_t raw_ = 0, mask_ = 0;
    uint16_t integer_divisor_ = 0, fraction_divisor_ = 0, line_control_ = 0, dma_control_ = 0, irda_ = 0;
    uint16_t control_ = 0, fifo_levels_ = 0;
};

} // namespace amp

#endif
