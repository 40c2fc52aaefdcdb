/** Entries of the register as a list, page after page: the register's own page and the auditor's show them alike. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { RegisterOut } from '../api/generated'
import { registerPages, useCamerasWith, type Asked } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, Nothing, StateMark } from '../frame/parts'
import { span, stamp } from '../frame/time'
import { usePeople } from './filters'

export const KINDS = ['live', 'playback', 'snapshot', 'copy', 'publication', 'private'] as const

/** What the register answers, and the names that its filters offer. */
export function useRegister(search: Asked, enabled = true) {
  const { t } = useTranslation()
  const cameras = useCamerasWith(search.camera)
  const answer = useInfiniteQuery({ ...registerPages(search), enabled })
  const entries: RegisterOut[] | undefined = answer.data?.pages.flat()
  const people = usePeople((entries ?? []).map((entry) => ({ value: entry.person_id, label: entry.person })))
  return {
    answer,
    entries,
    people,
    names: new Map((cameras.data ?? []).map((one) => [one.id, one.name])),
    cameras: (cameras.data ?? []).map((one) => ({ value: one.id, label: one.name })),
    kinds: KINDS.map((kind) => ({ value: kind, label: t(`registerKind.${kind}`) })),
  }
}

export function Entries(props: { register: ReturnType<typeof useRegister>; open: (index: number) => ReactNode }) {
  const { t } = useTranslation()
  const { answer, entries, names } = props.register
  return (
    <Answered answer={{ ...answer, data: entries }}>
      {(found) =>
        found.length === 0 ? (
          <Nothing text={t('register.empty')} />
        ) : (
          <>
            <Listing
              rows={found}
              rowKey={(entry) => entry.index}
              page={Infinity}
              columns={[
                { key: 'index', title: t('register.number'), align: 'right', className: 'nowrap', render: (entry) => props.open(entry.index) },
                { key: 'at', title: t('common.time'), className: 'nowrap', card: 'head', render: (entry) => stamp(entry.at_ms) },
                { key: 'kind', title: t('register.kind'), className: 'nowrap', card: 'mark', render: (entry) => t(`registerKind.${entry.kind}`, { defaultValue: entry.kind }) },
                { key: 'person', title: t('common.person'), render: (entry) => `${entry.person}（${entry.unit}）` },
                { key: 'cameras', title: t('common.camera'), render: (entry) => entry.cameras.map((id) => names.get(id) ?? id).join('、') },
                { key: 'periods', title: t('register.footage'), width: 170, render: (entry) => entry.periods.map((one) => `${stamp(one[0])}（${span((one[1] - one[0]) / 1000)}）`).join('；') },
                { key: 'purpose', title: t('access.use'), width: 150, render: (entry) => entry.purpose },
                { key: 'destination', title: t('access.destination'), width: 120, render: (entry) => entry.destination },
                {
                  key: 'seen', title: t('register.seen'), className: 'nowrap',
                  render: (entry) => (entry.closed ? entry.seconds !== null && span(entry.seconds) : <StateMark standing="active">{t('register.open')}</StateMark>),
                },
              ]}
            />
            {answer.hasNextPage && <Button className="spaced" loading={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>{t('common.loadMore')}</Button>}
          </>
        )
      }
    </Answered>
  )
}
