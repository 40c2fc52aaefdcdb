/** Start: words, looks, session; then the routes. */
import './frame/frame.css'

import { LoadingOutlined } from '@ant-design/icons'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import { StrictMode, useEffect, useLayoutEffect, useMemo, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useTranslation } from 'react-i18next'

import { onSignedOut, Refusal } from './api/client'
import { sessionQuery } from './api/queries'
import { LooksContext } from './frame/context'
import { leaveLists, returnFocus } from './frame/returning'
import { makeRouter } from './frame/routes'
import { darkTheme, lightTheme } from './theme'

import 'dayjs/locale/zh-cn'
import './i18n'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, problem) => count < 2 && problem instanceof Refusal && (problem.status === 0 || problem.status >= 500),
      refetchOnWindowFocus: false,
      networkMode: 'always', // that nobody answers is found by asking, and said
    },
    mutations: { networkMode: 'always' }, // an act that nobody heard is told at once, never sent later unseen
  },
})
onSignedOut(() => client.setQueryData(sessionQuery.queryKey, null))

const router = makeRouter()
const WAITING = <LoadingOutlined /> // the library's own glides in and out, and stays for ever when the answer comes while it glides in
const DARK = 'mingjian.dark'

function readDark(): boolean {
  try {
    return localStorage.getItem(DARK) === '1'
  } catch {
    return false
  }
}

function Face() {
  const { i18n, t } = useTranslation()
  const [dark, setDark] = useState(readDark)
  useLayoutEffect(() => { // before a canvas below asks for its colours
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
    try {
      localStorage.setItem(DARK, dark ? '1' : '0')
    } catch {
      // storage closed off: the choice holds for this visit
    }
  }, [dark])
  useEffect(() => {
    dayjs.locale(i18n.language === 'zh-CN' ? 'zh-cn' : 'en')
    document.title = t('app.full')
  }, [i18n.language, t])
  useEffect(() => returnFocus(document), [])
  useEffect(() => leaveLists(document), [])
  const looks = useMemo(() => ({ dark, setDark }), [dark])
  return (
    <LooksContext value={looks}>
      <ConfigProvider
        theme={dark ? darkTheme : lightTheme}
        locale={i18n.language === 'zh-CN' ? zhCN : enUS}
        button={{ autoInsertSpace: false, loadingIcon: WAITING }}
      >
        <App>
          <RouterProvider router={router} />
        </App>
      </ConfigProvider>
    </LooksContext>
  )
}

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Face />
      </QueryClientProvider>
    </StrictMode>,
  )
}
