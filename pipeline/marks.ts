/**
 * Marks a stage that keeps readings back: what it holds is acknowledged and not
 * yet written. Durable recording refuses it.
 */
export const holdsBack: unique symbol = Symbol("holdsBack");

/**
 * Marks a stage that ends the flow by itself: the batch that it ends with is
 * not acknowledged, and so not kept by a durable recording, which refuses it.
 */
export const endsEarly: unique symbol = Symbol("endsEarly");

/** Marks a sink that promises to keep all that is acknowledged. */
export const keepsAll: unique symbol = Symbol("keepsAll");
