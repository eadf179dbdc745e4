// Texts of templates and the values for them → what Backstage's scaffolder makes of them. The same file runs in the browser (review step
// of a form) and in the command `callboard new`; it uses nothing but the language itself.
import { createTemplateRenderer } from './nunjitsu.js'

const LIMITS = { sourceCodeUnits: 4_000_000, workUnits: 2_000_000, outputCodeUnits: 8_000_000, nestingDepth: 128 }

// The parameters that Backstage requires of a repository's URL, by type of host.
const REQUIRED = { bitbucketCloud: ['workspace', 'project', 'repo'], bitbucketServer: ['project', 'repo'], azure: ['project', 'repo'],
  gitea: ['repo'], gerrit: ['repo'] }
const PARTS = ['owner', 'organization', 'workspace', 'project', 'repo']

// `host?owner=a&repo=b` → its parts, like parseRepoUrl of Backstage; `hosts` has the type of each known host.
export function parseRepoUrl (text, hosts) {
  const found = /^([^/?#\s]+)(?:\/[^?#]*)?(?:\?([^#]*))?/.exec(String(text))
  const host = found ? found[1].toLowerCase() : ''
  if (!found || !Object.hasOwn(hosts, host)) throw new Error(`the portal has no source of the host ${host || text}`)
  const given = parameters(found[2] ?? '')
  const type = hosts[host]
  const required = type === 'gitlab' ? (given.project ? [] : ['owner', 'repo']) : REQUIRED[type] ?? ['repo', 'owner']
  for (const name of required) if (!given[name]) throw new Error(`the URL of the repository has no ${name}`)
  const parts = { host }
  for (const name of PARTS) if (given[name] !== undefined) parts[name] = given[name].replace(/^\/+|\/+$/g, '')
  return parts
}

function parameters (query) {
  const found = Object.create(null)
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    if (name && !(name in found)) found[decoded(name)] = decoded(value)
  }
  return found
}

function decoded (text) {
  const spaced = text.replaceAll('+', ' ')
  try { return decodeURIComponent(spaced) } catch { return spaced }
}

// `[kind:][namespace/]name` → its parts, like parseEntityRef of Backstage.
export function parseEntityRef (ref, defaults) {
  const parts = typeof ref === 'string' ? splitRef(ref) : { ...ref }
  const kind = parts.kind || defaults?.defaultKind
  const namespace = parts.namespace || defaults?.defaultNamespace || 'default'
  if (!kind) throw new Error(`the entity reference ${JSON.stringify(ref)} has no kind`)
  if (!parts.name) throw new Error(`the entity reference ${JSON.stringify(ref)} has no name`)
  return { kind, namespace, name: parts.name }
}

function splitRef (ref) {
  const slash = ref.indexOf('/')
  let colon = ref.indexOf(':')
  if (slash >= 0 && slash < colon) colon = -1
  const kind = colon < 0 ? undefined : ref.slice(0, colon)
  const namespace = slash < 0 ? undefined : ref.slice(colon + 1, slash)
  const name = ref.slice(Math.max(colon, slash) + 1)
  if (kind === '' || namespace === '' || name === '') throw new Error(`${JSON.stringify(ref)} is not of the form [kind:][namespace/]name`)
  return { kind, namespace, name }
}

// The value at a path such as `a.b[0].c`, or undefined; only own fields are reached.
export function pick (value, path) {
  const keys = Array.isArray(path) ? path : [...String(path).matchAll(/[^.[\]"']+/g)].map(found => found[0])
  let at = value
  for (const key of keys) {
    if (at === null || at === undefined || (typeof at === 'object' && !Object.hasOwn(at, key))) return undefined
    if (typeof at === 'string' && key !== 'length' && !/^\d+$/.test(key)) return undefined
    at = at[key]
  }
  return at
}

function filters (hosts) {
  return {
    parseRepoUrl: url => parseRepoUrl(url, hosts),
    parseEntityRef,
    pick,
    projectSlug: url => { const { owner, repo } = parseRepoUrl(url, hosts); return `${owner}/${repo}` },
  }
}

// The values of steps: each string of an input is rendered alone, and keeps its type where it is one expression.
export class ValueEngine {
  #renderer
  #context

  constructor (hosts) {
    this.failed = false
    this.checked = false
    this.#renderer = createTemplateRenderer({
      allowRegexExecution: true,
      filters: filters(hosts),
      globals: {
        always: () => { this.checked = true; return true },
        failure: () => { this.checked = true; return this.failed },
      },
    })
    this.use({})
  }

  use (context) { this.#context = this.#renderer.prepareContext(context) }

  // The input with all its strings rendered; a string that cannot be rendered stays as it is, and is added to `unrendered`.
  render (input, unrendered) {
    return JSON.parse(JSON.stringify(input), (_key, value) => typeof value === 'string' ? this.#text(value, unrendered) : value)
  }

  #text (text, unrendered) {
    try {
      return this.#renderer.renderValue(text, this.#context, { coercion: 'json', limits: LIMITS })
    } catch (error) {
      if (error.limit) throw error
      unrendered?.push({ text, message: error.message })
      return text
    }
  }
}

// A condition: an empty list is false, anything else as in JavaScript.
export const isTrue = value => Array.isArray(value) ? value.length > 0 : Boolean(value)

// The names and contents of files; an error in one of them is thrown.
export class FileEngine {
  #renderer
  #context

  constructor (hosts, values, { cookiecutterCompat = false, trimBlocks = false, lstripBlocks = false } = {}) {
    this.#renderer = createTemplateRenderer({ allowRegexExecution: true, filters: filters(hosts), cookiecutterCompat, trimBlocks, lstripBlocks })
    this.#context = this.#renderer.prepareContext({ [cookiecutterCompat ? 'cookiecutter' : 'values']: values })
  }

  render (text) { return this.#renderer.render(text, this.#context, { limits: LIMITS }) }
}
