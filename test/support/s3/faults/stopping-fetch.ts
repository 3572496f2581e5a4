import type { Stopper } from '../../faults/stopper.ts';
import { rawRequest } from '../model/model-fetch.ts';
import { isChange } from './fault.ts';

/** `fetch` of a program that may stop before a request is sent, or after it was carried out and before the answer is seen. */
export function stoppingFetch(stopper: Stopper, inner: typeof fetch): typeof fetch {
  return async (input, init) => {
    const request = await rawRequest(input, init);
    const name = `${request.method} ${decodeURIComponent(request.url.pathname)}${request.url.search}`;
    return await stopper.act(name, isChange(request), () => inner(input, init));
  };
}
