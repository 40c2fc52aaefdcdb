/** Every address of the face. Heavy pages arrive when first opened. */
import { useQuery } from '@tanstack/react-query'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate, Outlet, useRouterState } from '@tanstack/react-router'
import { Result } from 'antd'
import { Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import { setupState } from '../api/generated'
import { sessionQuery, setupQuery, type Asked } from '../api/queries'
import type { FilingSearch } from '../filings/form'
import type { RightsSearch } from '../rights/page'
import { ButtonLink } from './button_link'
import { learnServerClock, SessionContext } from './context'
import { Door } from './door'
import { later } from './later'
import { Loading, Problem } from './parts'
import { useSilence } from './reach'
import { serves, type Page } from './roles'
import { Shell } from './shell'
import { SignIn } from './sign_in'

const PAGES = new Set<string>([
  'live', 'playback', 'uses', 'places', 'cameras', 'register', 'requests', 'exports', 'ledger', 'storage', 'verify', 'people', 'organs', 'complaints', 'systems', 'filings', 'removals',
  'plan', 'map',
  'leaks', 'redactions', 'audit', 'rights', 'private',
])

const Setup = later(async () => (await import('./first')).Setup)

/** First setup, then sign-in, then the frame; verifying a package needs no account. */
function Gate() {
  const setup = useQuery(setupQuery)
  const session = useQuery({ ...sessionQuery, enabled: setup.data?.needed === false })
  const path = useRouterState({ select: (state) => state.location.pathname })
  const server_ms = session.data?.server_ms
  useEffect(() => {
    if (server_ms !== undefined) learnServerClock(server_ms)
  }, [server_ms])
  if (setup.data === undefined && setup.error !== null) return <Door><Problem problem={setup.error} retry={() => void setup.refetch()} /></Door>
  if (setup.data?.needed === true) return <Suspense fallback={<Door><Loading rows={4} /></Door>}><Setup /></Suspense>
  if (session.data === undefined && session.error !== null) return <Door><Problem problem={session.error} retry={() => void session.refetch()} /></Door>
  if (setup.isPending || session.data === undefined) return <Door><Loading rows={4} /></Door>
  if (session.data === null) return path === '/verify' ? <main className="content alone"><Outlet /></main> : <SignIn />
  return (
    <SessionContext value={session.data}>
      <Shell session={session.data} />
    </SessionContext>
  )
}

function NotFound() {
  const { t } = useTranslation()
  return <Result status="404" title={t('error.notFound')} extra={<ButtonLink to="/" primary>{t('error.home')}</ButtonLink>} />
}

/** What never arrived comes when the server does; nothing was written on it yet. */
function Broken(props: { error: unknown; reset: () => void }) {
  const { t } = useTranslation()
  const silent = useSilence() !== null
  const missing = props.error instanceof Refusal && props.error.status === 0
  useEffect(() => {
    if (missing && !silent) location.reload()
  }, [missing, silent])
  return (
    <div className="page">
      <h1>{t('error.pageTitle')}</h1>
      <Problem problem={props.error} retry={props.reset} />
    </div>
  )
}

/** Only the pages of one's role; the reason is said, the page is not shown. */
function Allowed() {
  const { t } = useTranslation()
  const { data: session } = useQuery(sessionQuery)
  const first = useRouterState({ select: (state) => state.location.pathname.split('/')[1] ?? '' })
  if ((session?.limited === true || session?.stale === true) && first !== 'own') return <Navigate to="/own" />
  if (session && PAGES.has(first) && !serves(session, first as Page)) {
    return <Result status="403" title={t('error.forbidden')} subTitle={t('error.forbiddenRemedy')} extra={<ButtonLink to="/" primary>{t('error.home')}</ButtonLink>} />
  }
  return <Outlet />
}

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound, errorComponent: Broken })
const allowed = createRoute({ getParentRoute: () => root, id: 'allowed', component: Allowed })

export interface PlaybackSearch {
  cameras?: string
  t?: number
}

export interface RequestSearch {
  cameras?: string
  from?: number
  to?: number
}

export interface PeopleSearch {
  unit?: string
}

export interface CounterSearch {
  number?: string
}

const number = (value: unknown): number | undefined => (Number.isFinite(Number(value)) && value !== undefined ? Number(value) : undefined)
const present = <T extends object>(values: T): T => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T

const word = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))
const choice = <Value extends string>(value: unknown, values: readonly Value[]): Value | undefined => values.find((one) => one === value)
const audit = (search: Record<string, unknown>): Asked =>
  present({ camera: word(search['camera']), person: word(search['person']), kind: word(search['kind']), from: number(search['from']), to: number(search['to']), place: word(search['place']), organ: word(search['organ']), case: word(search['case']), basis: choice(search['basis'], ['own', 'approval']), side: choice(search['side'], ['theirs']), refused: search['refused'] === true ? true : undefined })

/** A page that arrives when first opened. Without the server that is said: the router alone would load everything anew, and show nothing. */
const arriving = <Pages extends Record<string, unknown>, Name extends keyof Pages>(fetched: () => Promise<Pages>, name: Name) =>
  lazyRouteComponent(() => fetched().catch((missing: unknown) => setupState().then(() => Promise.reject(missing))), name)

const page = (path: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => allowed, path, component })

const tree = root.addChildren([
  allowed.addChildren([
    page('/', arriving(() => import('../workbench/workbench'), 'Workbench')),
    page('/live', arriving(() => import('../display/live/page'), 'LivePage')),
    createRoute({
      getParentRoute: () => allowed,
      path: '/playback',
      component: arriving(() => import('../display/playback/page'), 'PlaybackPage'),
      validateSearch: (search: Record<string, unknown>): PlaybackSearch =>
        present({ cameras: search['cameras'] === undefined ? undefined : String(search['cameras']), t: number(search['t']) }) as PlaybackSearch,
    }),
    page('/uses', arriving(() => import('../uses/page'), 'UsesPage')),
    page('/register/$id', arriving(() => import('../ledger/entry'), 'EntryPage')),
    page('/places', arriving(() => import('../places/list'), 'PlacesPage')),
    page('/places/$id', arriving(() => import('../places/page'), 'PlacePage')),
    page('/map', arriving(() => import('../map/page'), 'MapPage')),
    page('/cameras', arriving(() => import('../cameras/list'), 'CamerasPage')),
    page('/cameras/$id', arriving(() => import('../cameras/page'), 'CameraPage')),
    createRoute({
      getParentRoute: () => allowed,
      path: '/register',
      component: arriving(() => import('../ledger/register'), 'RegisterPage'),
      validateSearch: audit,
    }),
    page('/systems', arriving(() => import('../systems/list'), 'SystemsPage')),
    page('/systems/$id', arriving(() => import('../systems/page'), 'SystemPage')),
    page('/filings', arriving(() => import('../filings/list'), 'FilingsPage')),
    createRoute({
      getParentRoute: () => allowed,
      path: '/filings/new',
      component: arriving(() => import('../filings/form'), 'FilingFormPage'),
      validateSearch: (search: Record<string, unknown>): FilingSearch =>
        present({ system: word(search['system']), replaces: word(search['replaces']), change: word(search['change']) }) as FilingSearch,
    }),
    page('/filings/$id', arriving(() => import('../filings/page'), 'FilingPage')),
    page('/removals', arriving(() => import('../removals/list'), 'RemovalsPage')),
    page('/filings/$id/visit', arriving(() => import('../filings/visit'), 'VisitPage')),
    page('/requests', arriving(() => import('../access/list'), 'RequestsPage')),
    createRoute({
      getParentRoute: () => allowed,
      path: '/requests/new',
      component: arriving(() => import('../access/form'), 'RequestForm'),
      validateSearch: (search: Record<string, unknown>): RequestSearch =>
        present({
          cameras: search['cameras'] === undefined ? undefined : String(search['cameras']),
          from: number(search['from']),
          to: number(search['to']),
        }) as RequestSearch,
    }),
    createRoute({
      getParentRoute: () => allowed,
      path: '/requests/own',
      component: arriving(() => import('../access/own_copy'), 'OwnCopyForm'),
      validateSearch: (search: Record<string, unknown>): RequestSearch =>
        present({
          cameras: search['cameras'] === undefined ? undefined : String(search['cameras']),
          from: number(search['from']),
          to: number(search['to']),
        }) as RequestSearch,
    }),
    page('/requests/on-paper', arriving(() => import('../access/paper'), 'PaperPage')),
    createRoute({
      getParentRoute: () => allowed,
      path: '/counter',
      component: arriving(() => import('../access/counter'), 'CounterPage'),
      validateSearch: (search: Record<string, unknown>): CounterSearch => present({ number: word(search['number']) }) as CounterSearch,
    }),
    page('/cases/$case', arriving(() => import('../access/case'), 'CasePage')),
    page('/requests/$id', arriving(() => import('../access/page'), 'RequestPage')),
    page('/complaints', arriving(() => import('../complaints/list'), 'ComplaintsPage')),
    page('/complaints/$id', arriving(() => import('../complaints/page'), 'ComplaintPage')),
    page('/plan', arriving(() => import('../planning/plan_list'), 'PlansPage')),
    page('/plan/$id', arriving(() => import('../planning/plan_page'), 'PlanPage')),
    page('/designation', arriving(() => import('../planning/report'), 'DesignationPage')),
    page('/exports', arriving(() => import('../access/exports'), 'ExportsPage')),
    createRoute({
      getParentRoute: () => allowed,
      path: '/ledger',
      component: arriving(() => import('../ledger/ledger'), 'LedgerPage'),
      validateSearch: audit,
    }),
    createRoute({
      getParentRoute: () => allowed,
      path: '/audit',
      component: arriving(() => import('../audit/page'), 'AuditPage'),
      validateSearch: audit,
    }),
    createRoute({
      getParentRoute: () => allowed,
      path: '/rights',
      component: arriving(() => import('../rights/page'), 'RightsPage'),
      validateSearch: (search: Record<string, unknown>): RightsSearch =>
        present({ camera: word(search['camera']), person: word(search['person']), act: word(search['act']) }) as RightsSearch,
    }),
    page('/redactions', arriving(() => import('../redaction/list'), 'RedactionsPage')),
    page('/redactions/$id', arriving(() => import('../redaction/page'), 'RedactionPage')),
    page('/private', arriving(() => import('../private/list'), 'PrivateListPage')),
    page('/private/new', arriving(() => import('../private/form'), 'PrivateFormPage')),
    page('/private/$id', arriving(() => import('../private/page'), 'PrivatePage')),
    page('/leaks', arriving(() => import('../leaks/page'), 'LeaksPage')),
    page('/storage', arriving(() => import('../storage/page'), 'StoragePage')),
    page('/verify', arriving(() => import('../evidence/page'), 'VerifyPage')),
    page('/organs', arriving(() => import('../organs/page'), 'OrgansPage')),
    page('/organs/$id', arriving(() => import('../organs/page'), 'OrganPage')),
    page('/own', arriving(() => import('../people/own'), 'OwnPage')),
    page('/people/$id', arriving(() => import('../people/person'), 'PersonPage')),
    createRoute({
      getParentRoute: () => allowed,
      path: '/people',
      component: arriving(() => import('../people/page'), 'PeoplePage'),
      validateSearch: (search: Record<string, unknown>): PeopleSearch => present({ unit: word(search['unit']) }) as PeopleSearch,
    }),
  ]),
])

export function makeRouter() {
  return createRouter({ routeTree: tree, defaultPendingComponent: () => <Loading />, defaultErrorComponent: Broken, defaultNotFoundComponent: NotFound })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
