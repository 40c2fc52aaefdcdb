/** A list as people ask it: words in the address, a table or cards, one row's details beside it. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Drawer, Grid, Input, Select } from 'antd'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Listing, type Column } from './listing'
import { Answered, Nothing, PageHead } from './parts'
import { stamp, zone } from './time'

const DRAWER_PX = 560

/** What is asked; each word stands in the address, so that a view can be sent and kept. */
export type Words = Record<string, string | undefined>

/** The words of the address and how to change some of them; an empty one leaves it. */
export function useWords(): [Words, (change: Words) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const words = Object.fromEntries(Object.entries(search).map(([key, value]) => [key, value === undefined ? undefined : String(value)]))
  const change = (what: Words): void => {
    const next = Object.fromEntries(Object.entries({ ...search, ...what }).filter(([, value]) => value !== undefined && value !== ''))
    void navigate({ to: '.', replace: true, search: next as never }) // the words of a list are its own, no route names them
  }
  return [words, change]
}

/** One question: free words, or one of `options`. */
export interface Field {
  key: string
  label: string
  options?: { value: string; label: string }[]
}

export function QueryBar(props: { fields: readonly Field[]; onRefresh?: () => void }) {
  const { t } = useTranslation()
  const [words, change] = useWords()
  const narrow = Grid.useBreakpoint().md === false
  const set = props.fields.filter((field) => (words[field.key] ?? '') !== '').length
  const fields = (
    <div className="row spaced filters" role="search" aria-label={t('filter.title')}>
      {props.fields.map((field) =>
        field.options === undefined ? (
          <Input.Search
            key={field.key}
            className="filter"
            allowClear
            aria-label={field.label}
            placeholder={field.label}
            defaultValue={words[field.key] ?? ''}
            onChange={(event) => change({ [field.key]: event.target.value })}
          />
        ) : (
          <Select
            key={field.key}
            className="filter"
            allowClear
            aria-label={field.label}
            placeholder={field.label}
            showSearch={{ optionFilterProp: 'label' }}
            value={words[field.key] ?? null}
            options={field.options}
            onChange={(value: string | null | undefined) => change({ [field.key]: value ?? undefined })}
          />
        ),
      )}
      {set > 0 && <Button onClick={() => change(Object.fromEntries(props.fields.map((field) => [field.key, undefined])))}>{t('filter.clear')}</Button>}
      {props.onRefresh !== undefined && <Button onClick={props.onRefresh}>{t('common.refresh')}</Button>}
    </div>
  )
  if (!narrow) return fields
  return (
    <details className="filters-folded">
      <summary>{set === 0 ? t('filter.title') : t('filter.set', { n: set })}</summary>
      {fields}
    </details>
  )
}

interface Answer<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
  dataUpdatedAt?: number
}

interface Props<Row> {
  title: string
  purpose?: string
  act?: ReactNode
  fields: readonly Field[]
  answer: Answer<readonly Row[]>
  rowKey: (row: Row) => string | number
  columns: readonly Column<Row>[]
  /** Keeps the rows that the words ask for, where the server was not asked by them. */
  keep?: (row: Row, words: Words) => boolean
  /** What stands beside the table when a row is opened; the row's own page is linked there. */
  detail?: (row: Row) => ReactNode
  detailTitle?: (row: Row) => ReactNode
  empty: { text: string; act?: ReactNode }
  /** Between the query bar and the table: counts, warnings. */
  above?: ReactNode
  /** By which rule this is shown. */
  rule?: string
}

export function QueryPage<Row extends object>(props: Props<Row>) {
  const { t } = useTranslation()
  const [words] = useWords()
  const [open, setOpen] = useState<Row | null>(null)
  const { answer, detail, keep } = props
  return (
    <div className="page">
      <PageHead title={props.title} {...(props.purpose === undefined ? {} : { purpose: props.purpose })} act={props.act} />
      {props.fields.length > 0 && <QueryBar fields={props.fields} onRefresh={() => void answer.refetch()} />}
      {props.above}
      <Answered answer={answer}>
        {(all) => {
          const rows = keep === undefined ? all : all.filter((row) => keep(row, words))
          if (all.length === 0) return <Nothing text={props.empty.text} act={props.empty.act} />
          if (rows.length === 0) return <Nothing text={t('query.nothing')} />
          return <Listing rows={rows} rowKey={props.rowKey} columns={props.columns} {...(detail === undefined ? {} : { onOpen: setOpen })} />
        }}
      </Answered>
      <p className="status-line">
        {t('common.asOf', { time: stamp(answer.dataUpdatedAt || Date.now()), zone: zone() })}
        {props.rule !== undefined && ` · ${props.rule}`}
      </p>
      <Drawer open={open !== null} size={DRAWER_PX} title={open !== null && props.detailTitle?.(open)} onClose={() => setOpen(null)}>
        {open !== null && detail?.(open)}
      </Drawer>
    </div>
  )
}
