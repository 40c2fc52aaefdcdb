/** Who, which camera, when, what: the questions an auditor asks of register and ledger. They stand in the address. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { AutoComplete, Button, Grid, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

import { useListOrgans, useListPeople, useListPlaces } from '../api/generated'
import type { Asked } from '../api/queries'
import { useSession } from '../frame/context'
import { TimeRange, type Range } from '../frame/range'
import { serves } from '../frame/roles'

interface Choice {
  value: string
  label: string
}

export function useAuditSearch(): [Asked, (change: Asked) => void] {
  const search = useSearch({ strict: false }) as Asked
  const navigate = useNavigate()
  return [search, (change) => void navigate({ to: '.', replace: true, search: (before: Asked) => ({ ...before, ...change }) })]
}

/** People to choose from: all of the unit for who may list them, else those who stand in what is shown. */
export function usePeople(seen: Choice[]): Choice[] {
  const session = useSession()
  const people = useListPeople({}, { enabled: serves(session, 'people') })
  const all = (people.data ?? []).map((person) => ({ value: person.id, label: `${person.display_name}（${person.name}）` }))
  return [...new Map([...seen, ...all].map((choice) => [choice.value, choice])).values()]
}

const EVERY = ['camera', 'person', 'kind', 'place', 'organ', 'case', 'basis', 'side', 'from'] as const

/** `whole`: everything that the register can be asked; the ledger knows no place, organ, case or basis. */
export function Filters(props: { people: Choice[]; cameras: Choice[]; kinds: Choice[]; free?: boolean; whole?: boolean; onRefresh: () => void }) {
  const { t } = useTranslation()
  const [search, change] = useAuditSearch()
  const range: Range | null = search.from === undefined || search.to === undefined ? null : [dayjs(search.from), dayjs(search.to)]
  const whole = props.whole === true
  const places = useListPlaces({}, { enabled: whole })
  const organs = useListOrgans({ enabled: whole })
  const pick = (key: 'camera' | 'person' | 'kind' | 'place' | 'organ' | 'basis' | 'side') => ({
    allowClear: true,
    className: 'filter',
    'aria-label': t(`filter.${key}`),
    placeholder: t(`filter.${key}`),
    value: search[key] ?? null,
    onChange: (value: string | null | undefined) => change({ [key]: value === null || value === undefined || value === '' ? undefined : value }),
  })
  const narrow = Grid.useBreakpoint().md === false
  const set = EVERY.filter((key) => search[key] !== undefined).length
  const fields = (
    <div className="row spaced filters" role="search" aria-label={t('filter.title')}>
      <Select {...pick('camera')} showSearch={{ optionFilterProp: 'label' }} options={props.cameras} />
      <Select {...pick('person')} showSearch={{ optionFilterProp: 'label' }} options={props.people} />
      {props.free === true ? (
        <AutoComplete {...pick('kind')} showSearch={{ filterOption: (word, option) => `${option?.value} ${option?.label}`.includes(word) }} options={props.kinds} />
      ) : (
        props.kinds.length > 0 && <Select {...pick('kind')} options={props.kinds} />
      )}
      {whole && (
        <>
          <Select {...pick('place')} showSearch={{ optionFilterProp: 'label' }} options={(places.data ?? []).map((one) => ({ value: one.id, label: one.name }))} />
          <Select {...pick('organ')} showSearch={{ optionFilterProp: 'label' }} options={(organs.data?.organs ?? []).map((one) => ({ value: one.id, label: one.name }))} />
          <Select {...pick('basis')} options={(['own', 'approval'] as const).map((value) => ({ value, label: t(`filter.${value}`) }))} />
          <Select {...pick('side')} options={[{ value: 'theirs', label: t('filter.theirs') }]} />
          <Input.Search
            key={search.case ?? ''}
            allowClear
            className="filter"
            maxLength={80}
            aria-label={t('filter.case')}
            placeholder={t('filter.case')}
            defaultValue={search.case ?? ''}
            onSearch={(text) => change({ case: text.trim() === '' ? undefined : text.trim() })}
          />
        </>
      )}
      <div className="filter-range" role="group" aria-label={t('filter.range')}>
        <TimeRange presets value={range} onChange={(next) => change({ from: next?.[0].valueOf(), to: next?.[1].valueOf() })} />
      </div>
      {set > 0 && <Button onClick={() => change({ ...Object.fromEntries(EVERY.map((key) => [key, undefined])), to: undefined })}>{t('filter.clear')}</Button>}
      <Button onClick={props.onRefresh}>{t('common.refresh')}</Button>
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
