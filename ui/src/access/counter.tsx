/** The counter: a number, typed or read from the sheet's code, leads to the request and its visit. */
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, useNavigate, useSearch } from '@tanstack/react-router'
import { Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { getListRequestsQueryOptions } from '../api/generated'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead } from '../frame/parts'
import type { CounterSearch } from '../frame/routes'
import { useRequestColumns } from './list'

const LONGEST = 64

/** A scanner types the whole address of the code; only its number is asked for. */
export function numberIn(text: string): string {
  const query = text.includes('?') ? new URLSearchParams(text.slice(text.indexOf('?'))).get('number') : null
  return (query ?? text).trim().slice(0, LONGEST)
}

export function CounterPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { number = '' } = useSearch({ strict: false }) as CounterSearch
  return (
    <div className="page chooser">
      <PageHead title={t('access.counter')} purpose={t('access.counterPurpose')} act={<ArticleChip matter="certificate" />} />
      <section className="panel">
        <Input.Search
          key={number}
          autoFocus
          size="large"
          allowClear
          defaultValue={number}
          aria-label={t('access.counterNumber')}
          placeholder={t('access.counterNumber')}
          enterButton={t('access.counterFind')}
          onSearch={(text) => void navigate({ to: '/counter', search: numberIn(text) === '' ? {} : { number: numberIn(text) } })}
        />
        <p className="secondary">{t('access.counterHint')}</p>
        {number !== '' && <Found number={number} />}
      </section>
    </div>
  )
}

function Found(props: { number: string }) {
  const { t } = useTranslation()
  const columns = useRequestColumns()
  const answer = useQuery(getListRequestsQueryOptions({ number: props.number }))
  return (
    <Answered answer={answer} rows={2}>
      {(requests) => {
        const [first] = requests
        if (first === undefined) return <Nothing text={t('access.counterNone', { number: props.number })} act={<Link to="/requests/on-paper">{t('access.paperNew')}</Link>} />
        if (requests.length === 1) return <Navigate to="/requests/$id" params={{ id: first.id }} replace />
        return <Listing rows={requests} rowKey={(request) => request.id} columns={columns} />
      }}
    </Answered>
  )
}
