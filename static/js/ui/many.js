// @ts-check
/** From how many on things over the film are painted on one canvas instead of being elements of their own; pure. */

/** So many elements that move cost more than the canvas does, but move at the screen's own pace. */
const FEW = 5;
/** Once many, they are many until clearly fewer: nothing flickers between the two. */
const FEWER = 3;

/**
 * @param {number} count
 * @param {boolean} were whether they were many until now
 */
export function areMany(count, were) {
  return count > (were ? FEWER : FEW);
}
