// SPDX-License-Identifier: GPL-2.0-only
// One attack from bring-up to the proof that the device works after it. Called by main.c for each list and device.
#include "attack.h"

#define PATIENCE_MS 10000u
#define OPEN_END_MS 60u
#define ASK_EVERY 32u /* looks at Status */

/* Reading Status is a round trip through the back end, and a notification may be behind it: only waiting tells. */
static bool wait_needs_reset(struct device *device, bool provoked, uint32_t milliseconds)
{
    uint64_t end = deadline_in(milliseconds);

    for (unsigned i = 0; (get(device, STATUS) & NEEDS_RESET) == 0; i++) {
        if (amp_timer_now() > end)
            return false;
        if (provoked && i % ASK_EVERY == 0)
            device->kind->provoke(device);
        nap(1000);
    }
    return true;
}

bool attack_needs_reset(struct device *device)
{
    return wait_needs_reset(device, false, 3 * PATIENCE_MS);
}

/* A buffer for what comes in is kept until something does, and the one behind it may not be looked at before. */
static enum expected expected_of(const struct device *device, const struct attack *attack)
{
    bool waits = device->kind->receives && (attack->expected == ANSWERED || (attack->flags & SECOND_HEAD) != 0);
    bool judges_alone = device->in_kernel && (attack->flags & OURS_ALONE) != 0;

    return waits || judges_alone ? EITHER : attack->expected;
}

static bool ended_as_expected(struct device *device, const struct attack *attack, bool *needs_reset)
{
    bool provoked = device->kind->provoke != NULL && (attack->flags & BEFORE_QUEUES) == 0;

    switch (expected_of(device, attack)) {
    case BREAKS:
        *needs_reset = wait_needs_reset(device, provoked, PATIENCE_MS);
        return *needs_reset;
    case ANSWERED: {
        bool answered = wait_idle(device->queue);

        *needs_reset = (get(device, STATUS) & NEEDS_RESET) != 0;
        return answered && !*needs_reset;
    }
    default:
        *needs_reset = wait_needs_reset(device, provoked, OPEN_END_MS);
        return true;
    }
}

static bool works(struct device *device)
{
    return bring_up(device) && device->kind->honest(device);
}

static bool attack_once(struct device *device, const struct attack *attack)
{
    bool needs_reset = false, good, right;

    if (!((attack->flags & BEFORE_QUEUES) != 0 ? negotiate(device) : bring_up(device))) {
        amp_printf("misbehave-virtqueue: BROKEN, %s does not come up before %s\n", device->kind->name, attack->name);
        return false;
    }
    right = attack->make(device);
    good = ended_as_expected(device, attack, &needs_reset);
    amp_printf("attack %s/%s: %s\n", device->kind->name, attack->name, needs_reset ? "DEVICE_NEEDS_RESET" : "survived");
    if (!good || !right)
        amp_printf("misbehave-virtqueue: BROKEN, that is not how %s/%s has to end\n", device->kind->name, attack->name);
    if (!works(device)) {
        amp_printf("misbehave-virtqueue: BROKEN, %s does not work after %s\n", device->kind->name, attack->name);
        return false;
    }
    return good && right;
}

unsigned attack_all(struct device *device, const struct attacks *attacks, unsigned *made)
{
    unsigned bad = 0;

    for (unsigned i = 0; i < attacks->count; i++) {
        const struct attack *attack = &attacks->list[i];

        if ((attack->flags & NEEDS_INDIRECT) != 0 && (device->features & FEATURE_INDIRECT) == 0)
            continue;
        bad += !attack_once(device, attack);
        (*made)++;
    }
    return bad;
}
