import type {
  InterceptContext,
  InterceptedAnswer,
  InterceptedRequest,
  Interceptor,
} from '../network/interceptor.ts';

/** Takes nothing until it has somebody to hand it to. */
export class LazyInterceptor implements Interceptor {
  target: Interceptor | undefined;

  takesRequest(request: { readonly method: string; readonly url: string }): boolean {
    return this.target?.takesRequest(request) ?? false;
  }

  takesHost(host: string, port: number): boolean {
    return this.target?.takesHost(host, port) ?? false;
  }

  answer(request: InterceptedRequest, context: InterceptContext): Promise<InterceptedAnswer> {
    if (this.target !== undefined) return this.target.answer(request, context);
    return Promise.reject(new Error('Nobody answers'));
  }
}
