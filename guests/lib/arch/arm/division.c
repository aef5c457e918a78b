/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the compiler's library calls on a division by zero (Run-time ABI for the Arm Architecture, 5.3.2): the answer is what was
 * prepared for it, as in a 64-bit guest. Its own versions would raise a signal.
 */
int __aeabi_idiv0(int result);
long long __aeabi_ldiv0(long long result);

int __aeabi_idiv0(int result)
{
    return result;
}

long long __aeabi_ldiv0(long long result)
{
    return result;
}
