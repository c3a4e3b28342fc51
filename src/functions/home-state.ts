import type { Home } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkInteger } from '../core/options.ts';
import type { StateStore } from '../storage/state-store.ts';
import { anyCount, checkText, readDocument, writeDocument } from './state-document.ts';

const homeKey = 'lambda/home';

/**
 * Makes a new storage one of this region and account; refuses one that belongs to others, since the ARNs of all
 * that is in it would change. Gives how often the storage was opened before.
 */
export async function claimHome(state: StateStore, home: Home): Promise<number> {
  const { region, accountId } = home;
  const found = await state.list(homeKey);
  const document = found.find(({ key }) => key === homeKey);
  const kept =
    document === undefined
      ? { region, accountId, openings: 0 }
      : readDocument(document, (content) => {
          checkText('region', content['region']);
          checkText('accountId', content['accountId']);
          checkInteger('openings', content['openings'], anyCount);
          const { region: ofStorage, accountId: owner, openings } = content;
          return { region: ofStorage, accountId: owner, openings };
        });
  checkSame('region', region, kept.region);
  checkSame('accountId', accountId, kept.accountId);
  await state.write({
    put: [writeDocument(homeKey, { region, accountId, openings: kept.openings + 1 })],
  });
  return kept.openings;
}

function checkSame(option: string, given: string, kept: string): void {
  if (given === kept) return;
  const hint = 'ARNs name it; another one needs a file of its own';
  throw new InvalidOptionError(option, `"${kept}", as in the file of \`storage\``, given, hint);
}
