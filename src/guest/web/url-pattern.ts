/** https://urlpattern.spec.whatwg.org, from the package that browsers without it use. */
export { URLPattern } from 'urlpattern-polyfill/urlpattern';
