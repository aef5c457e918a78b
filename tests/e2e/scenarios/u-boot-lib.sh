# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the scenarios whose guest is U-Boot, as partition "u-boot": to its prompt, and what is typed there.

# type_in LINE TEXT [SECONDS]: as somebody at `ampctl console`, until U-Boot or what it started prints TEXT, which the line itself
# must not contain.
type_in() {
    printf '# %s\n' "$1"
    printf '%s\n' "$1" | ampctl console u-boot --until "$2" --timeout "${3:-30}" >"$WORK/typed" ||
        fail "'$1' did not lead to '$2': $(tail -n 5 "$WORK/typed")"
}

has_countdowns() { [ "$(console_text u-boot | grep -c '^Hit any key' || true)" -eq "$1" ]; }

# A key ends the countdown; where it is over already, U-Boot finds no disk to boot from and comes to its prompt by itself.
to_prompt() {
    wait_until 60 "U-Boot's countdown number $1" has_countdowns "$1"
    printf '\n' >/dev/amp-u-boot-console
    type_in "setenv word prompt; echo \${word}-$1" "prompt-$1" 60
}
