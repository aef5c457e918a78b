// SPDX-License-Identifier: GPL-2.0-only
// A value or the reason why there is none: modelled on std::expected, so that C++23 can replace it. Used by everything
// in C++, freestanding code included: no exceptions, no heap. Taking the value of a failed Result is a broken invariant
// of ours and traps.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

namespace amp {

// Marks a value as the error when a Result is made: return Err{diagnostic};
template <typename E>
struct Err {
    E error;
};
template <typename E>
Err(E) -> Err<E>;

template <typename T, typename E>
class [[nodiscard]] Result {
public:
    Result(T value) : good_(true) { new (&value_) T(std::move(value)); }
    template <typename F>
    requires std::is_convertible_v<F, E> Result(Err<F> failure) : good_(false) {
        new (&error_) E(std::move(failure.error));
    }
    Result(const Result& other) : good_(other.good_) {
        if (good_) {
            new (&value_) T(other.value_);
        } else {
            new (&error_) E(other.error_);
        }
    }
    Result(Result&& other) noexcept : good_(other.good_) {
        if (good_) {
            new (&value_) T(std::move(other.value_));
        } else {
            new (&error_) E(std::move(other.error_));
        }
    }
    Result& operator=(Result other) noexcept {
        destroy();
        new (this) Result(std::move(other));
        return *this;
    }
    ~Result() { destroy(); }

    explicit operator bool() const { return good_; }
    bool has_value() const { return good_; }

    T& value() & { return expect(good_, value_); }
    const T& value() const& { return expect(good_, value_); }
    T&& value() && { return std::move(expect(good_, value_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(value()); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T value_or(T other) const { return good_ ? value_ : std::move(other); }

    E& error() & { return expect(!good_, error_); }
    const E& error() const& { return expect(!good_, error_); }
    E&& error() && { return std::move(expect(!good_, error_)); }

    // f(value) wrapped again, or the error passed on
    template <typename F, typename U = std::invoke_result_t<F, const T&>>
    Result<U, E> map(F&& f) const {
        if (good_) {
            return f(value_);
        }
        return Err{error_};
    }
    // f(value), which is a Result itself, or the error passed on
    template <typename F, typename R = std::invoke_result_t<F, const T&>>
    R and_then(F&& f) const {
        if (good_) {
            return f(value_);
        }
        return Err{error_};
    }

private:
    template <typename V>
    static V& expect(bool holds, V& stored) {
        if (!holds) {
            __builtin_trap();
        }
        return stored;
    }
    void destroy() {
        if (good_) {
            value_.~T();
        } else {
            error_.~E();
        }
    }

    union {
        T value_;
        E error_;
    };
    bool good_;
};

} // namespace amp
