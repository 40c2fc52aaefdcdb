/** The frame: top bar, navigation by what people do, the banner of throw-away data. */
import { BulbOutlined, GlobalOutlined, MenuOutlined, SearchOutlined, UserOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Alert, Button, Drawer, Dropdown, Grid, Layout, Menu, type MenuProps } from 'antd'
import { Suspense, use, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { signOut as endSession, type SessionState } from '../api/generated'
import { workbenchQuery } from '../api/queries'
import { chooseLanguage } from '../i18n'
import { LooksContext } from './context'
import { forgetDrafts } from './draft'
import { NAV_ICONS } from './icons'
import { later } from './later'
import { Reach } from './reach'
import { serves, type Page } from './roles'

const StepUp = later(async () => (await import('./step_up')).StepUp)
const Palette = later(async () => (await import('./palette')).Palette)

const GROUPS: { key: string; pages: Page[] }[] = [
  { key: 'watch', pages: ['live', 'playback', 'uses', 'map'] },
  { key: 'record', pages: ['places', 'systems', 'cameras', 'register'] },
  { key: 'act', pages: ['plan', 'filings', 'removals', 'requests', 'exports', 'private', 'redactions', 'complaints'] },
  { key: 'check', pages: ['audit', 'ledger', 'leaks', 'storage', 'verify'] },
  { key: 'set', pages: ['organs', 'people', 'rights'] },
]

export const pathOf = (page: Page): string => (page === 'workbench' ? '/' : `/${page}`)

function useTodo(): number {
  const { data } = useQuery(workbenchQuery)
  return data?.todo.length ?? 0
}

function Navigation(props: { session: SessionState; onPick: () => void; dark: boolean }) {
  const { t } = useTranslation()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const items = useMemo<MenuProps['items']>(() => {
    const entry = (page: Page) => ({
      key: page,
      icon: NAV_ICONS[page],
      label: <Link to={pathOf(page)}>{t(`nav.${page}`)}</Link>,
    })
    const groups = GROUPS.map((group) => ({ ...group, pages: group.pages.filter((page) => serves(props.session, page)) }))
    return [
      entry('workbench'),
      ...groups
        .filter((group) => group.pages.length > 0)
        .map((group) => ({ key: group.key, type: 'group' as const, label: t(`nav.${group.key}`), children: group.pages.map(entry) })),
    ]
  }, [t, props.session])
  const selected = path === '/' ? 'workbench' : (path.split('/')[1] ?? 'workbench')
  return (
    <nav aria-label={t('nav.main')}>
      <Menu
        mode="inline"
        theme={props.dark ? 'dark' : 'light'}
        selectedKeys={[selected]}
        {...(items === undefined ? {} : { items })}
        onClick={props.onPick}
      />
    </nav>
  )
}

export function Shell(props: { session: SessionState }) {
  const { session } = props
  const { t, i18n } = useTranslation()
  const { dark, setDark } = use(LooksContext)
  const wide = Grid.useBreakpoint().lg ?? true
  const [drawer, setDrawer] = useState(false)
  const client = useQueryClient()
  const navigate = useNavigate()
  const todo = useTodo()
  const [finding, setFinding] = useState(false)
  const shown = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const signOut = async (): Promise<void> => {
    forgetDrafts(session.person.id) // others use this device too
    const elsewhere = await endSession().then(({ url }) => url, () => null)
    client.clear()
    location.assign(elsewhere ?? '/')
  }
  const roles = session.person.roles.map((role) => t(`role.${role}`)).join(i18n.language === 'zh-CN' ? '、' : ', ')
  return (
    <Layout className="frame">
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <Layout.Header className="topbar">
        {!wide && <Button type="text" icon={<MenuOutlined />} aria-label={t('nav.menu')} onClick={() => setDrawer(true)} />}
        <Link to="/" className="brand">
          {t('app.name')}
        </Link>
        <span className="unit">{session.unit.name}</span>
        <span className="spring" />
        <Button type="text" icon={<SearchOutlined />} aria-label={t('palette.title')} title="Ctrl+K" onClick={() => setFinding(true)}>
          {wide && t('palette.title')}
        </Button>
        <Button type={todo > 0 ? 'primary' : 'text'} ghost={todo > 0} title={t('bar.todoHint')} onClick={() => void navigate({ to: '/' })}>
          {t('bar.todo', { count: todo })}
        </Button>
        <Button
          type="text"
          icon={<GlobalOutlined />}
          aria-label={t('bar.language')}
          onClick={() => chooseLanguage(i18n.language === 'zh-CN' ? 'en-US' : 'zh-CN')}
        >
          {wide && t('bar.language')}
        </Button>
        <Button type="text" icon={<BulbOutlined />} aria-label={t('bar.themeHint')} onClick={() => setDark(!dark)}>
          {wide && (dark ? t('bar.light') : t('bar.dark'))}
        </Button>
        <Dropdown
          trigger={['click']}
          menu={{
            items: [
              { key: 'who', disabled: true, label: `${session.person.name} · ${roles}` },
              { key: 'version', disabled: true, label: t('bar.version', { version: session.version }) },
              { type: 'divider' },
              { key: 'own', label: t('keys.title'), onClick: () => void navigate({ to: '/own' }) },
              { key: 'designation', label: t('bar.designation'), onClick: () => void navigate({ to: '/designation' }) },
              { key: 'out', label: t('bar.signOut'), onClick: () => void signOut() },
            ],
          }}
        >
          <Button type="text" icon={<UserOutlined />} aria-label={`${session.person.display_name} ${t('bar.user')}`}>
            {wide && session.person.display_name}
          </Button>
        </Dropdown>
      </Layout.Header>
      <Reach />
      {session.stale && <Alert banner type="warning" title={t('password.stale')} />}
      {session.limited && <Alert banner type="warning" title={t('keys.needed')} action={<Button size="small" onClick={() => void navigate({ to: '/own' })}>{t('keys.title')}</Button>} />}
      {session.banner?.kind === 'throw-away' && <Alert banner type="warning" className="throwaway" title={t('banner.throwAway')} />}
      <Layout>
        {wide && (
          <Layout.Sider width={192} theme={dark ? 'dark' : 'light'} className="sider">
            <Navigation session={session} dark={dark} onPick={() => undefined} />
          </Layout.Sider>
        )}
        <Drawer open={drawer && !wide} placement="left" size={260} title={t('app.name')} onClose={() => setDrawer(false)} styles={{ body: { padding: 0 } }}>
          <Navigation session={session} dark={dark} onPick={() => setDrawer(false)} />
        </Drawer>
        <Layout.Content id="content" className="content" tabIndex={-1} data-page={shown}>
          <Outlet />
        </Layout.Content>
        <Suspense fallback={null}>
          <StepUp />
          <Palette session={session} open={finding} onOpen={setFinding} />
        </Suspense>
      </Layout>
    </Layout>
  )
}
