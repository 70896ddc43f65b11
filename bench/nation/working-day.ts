/** The hours from seven in the morning to six in the evening: how much of the day's mail each sees. */
const hours = [3, 9, 14, 15, 8, 2, 8, 14, 14, 9, 4];
const sum = hours.reduce((total, hour) => total + hour, 0);
const peakShare = Math.max(...hours) / sum;

/** Seconds for a compressed day, of which the busiest hour sees so many a second. */
export function secondsOfDay(count: number, peakPerSecond: number): number {
  return (count * peakShare * hours.length) / peakPerSecond;
}

/** When each of these documents is sent in a day that takes so many seconds. */
export function dueTimes(count: number, seconds: number): number[] {
  const hourSeconds = seconds / hours.length;
  const times: number[] = [];
  let begunShare = 0;
  for (const [hour, weight] of hours.entries()) {
    const share = weight / sum;
    const first = Math.round(begunShare * count);
    begunShare += share;
    const next = Math.round(begunShare * count);
    for (let ordinal = first; ordinal < next; ordinal++) {
      times.push((hour + (ordinal - first) / (next - first)) * hourSeconds);
    }
  }
  return times;
}
