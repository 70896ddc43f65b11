/** What goes wrong around the server: power, processes, clocks, keys; and time in which nobody does anything. */
import type { MachineRoom } from './machine-room.ts';

export interface BadDay {
  readonly weight: number;
  readonly happen: (room: MachineRoom) => void;
}

const hourMillis = 3_600_000;
const dayMillis = 24 * hourMillis;

export const badDays: readonly BadDay[] = [
  {
    weight: 3,
    happen({ simulation, servers, kill }) {
      const server = simulation.random.pick(servers);
      simulation.tell(`${server.name} is killed`);
      kill(server);
    },
  },
  {
    weight: 2,
    happen({ simulation, cutPower }) {
      simulation.tell('the power is cut, and comes back');
      cutPower();
    },
  },
  {
    weight: 3,
    happen({ simulation: { random, clock, tell } }) {
      const hours = random.pick([-1, 0, 1]);
      tell(`the clock of the database is set to ${hours} h beside the time`);
      clock.set(hours * hourMillis);
    },
  },
  {
    weight: 2,
    happen({ simulation: { random, clock, tell }, underWay }) {
      // No request takes a day.
      if (underWay > 0) return;
      const days = random.pick([1, 3, 15, 40]);
      tell(`${days} days pass`);
      clock.pass(days * dayMillis);
    },
  },
  {
    weight: 2,
    happen({ simulation }) {
      simulation.isLogKeyAway = !simulation.isLogKeyAway;
      simulation.tell(`the log key is ${simulation.isLogKeyAway ? 'away' : 'back'}`);
    },
  },
];
