/** What changes among agencies and systems while letters travel. */
import {
  assignOrganisation,
  endOrganisation,
  mergeOrganisations,
  renameOrganisation,
  resumeSystem,
  rotateCredential,
  suspendSystem,
} from '#directory';
import { hasWaitingMail } from '#exchange';
import type { Platform } from '#foundation/platform';
import { absentee, agencies, byOperator, externalIdOf, systems } from './country.ts';
import type { Act, Habit, Simulation } from './simulation.ts';

export const directoryChanges: readonly Habit[] = [
  { name: 'suspend', weight: 0.3, begin: suspend },
  { name: 'resume', weight: 1.5, begin: resume },
  { name: 'rotate', weight: 0.5, begin: rotate },
  { name: 'rename', weight: 0.5, begin: rename },
  { name: 'move', weight: 0.5, begin: moveMailbox },
  { name: 'merge', weight: 0.03, begin: merge },
  { name: 'end', weight: 0.03, begin: end },
];

/** What was sent before it is not what is sent after it, so the agencies count the changes from when they are asked for. */
function change(
  { known }: Simulation,
  what: string,
  work: (platform: Platform) => Promise<unknown>,
  mayBeRefused: readonly string[] = [],
): Act {
  known.directoryVersion += 1;
  const ended = (): void => void (known.directoryVersion += 1);
  return {
    what: `the operator ${what}`,
    async work({ platform }) {
      await work(platform);
      ended();
      return () => 'as asked';
    },
    mayBeRefused,
  };
}

function suspend(simulation: Simulation): Act {
  const system = externalIdOf(simulation.random.pick(systems));
  return change(simulation, `suspends ${system}`, (platform) =>
    suspendSystem(platform, { system }, byOperator),
  );
}

function resume(simulation: Simulation): Act {
  const system = externalIdOf(simulation.random.pick(systems));
  return change(simulation, `resumes ${system}`, (platform) =>
    resumeSystem(platform, { system }, byOperator),
  );
}

function rotate({ random }: Simulation): Act {
  const system = random.pick(systems);
  return {
    what: `the operator gives ${system} a new secret`,
    async work({ platform }) {
      await rotateCredential(platform, { system: externalIdOf(system), kind: 'vxp' }, byOperator);
      return () => 'as asked';
    },
  };
}

function rename({ random }: Simulation): Act {
  const { code } = random.pick(agencies);
  const name = `Cơ quan ${code} đổi tên lần ${random.below(1_000)}`;
  return {
    what: `the operator renames ${code}`,
    async work({ platform }) {
      await renameOrganisation(platform, { code, name }, byOperator);
      return () => 'as asked';
    },
    mayBeRefused: [
      'directory.organisation_ended',
      'directory.date_before_last_change',
      'directory.date_in_future',
    ],
  };
}

/** The mailbox stays with its organisation: the other system finds in it what the first one left. */
function moveMailbox(simulation: Simulation): Act {
  const { code, systems: own } = agencies.find((agency) => agency.systems.length > 1)!;
  const system = externalIdOf(simulation.random.pick(own));
  return change(
    simulation,
    `lets ${system} receive for ${code}`,
    (platform) => assignOrganisation(platform, { system, code, receives: true }, byOperator),
    ['directory.organisation_ended'],
  );
}

const impossible = ['directory.organisation_ended', 'directory.mail_waiting'];

function merge(simulation: Simulation): Act {
  const [merged, into] = simulation.random.some(agencies.slice(3), 2);
  const request = { codes: [merged!.code], into: into!.code };
  return change(
    simulation,
    `merges ${merged!.code} into ${into!.code}`,
    (platform) => mergeOrganisations(platform, request, byOperator),
    impossible,
  );
}

function end(simulation: Simulation): Act {
  const { code } = simulation.random.pick(agencies.filter(({ systems: own }) => !own.includes(absentee)));
  return change(
    simulation,
    `ends ${code}`,
    (platform) => endOrganisation(platform, { hasWaitingMail }, { code }, byOperator),
    impossible,
  );
}
