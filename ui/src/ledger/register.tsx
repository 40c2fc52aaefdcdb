/** The register of viewing, copying and retrieval: persons, time, purpose, destination. Nothing here can be changed. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { RegisterOut } from '../api/generated'
import { camerasQuery, registerPages } from '../api/queries'
import { serverNow } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, StateMark } from '../frame/parts'
import { span, stamp, zone } from '../frame/time'

export function RegisterPage() {
  const { t } = useTranslation()
  const [camera, setCamera] = useState<string | undefined>()
  const cameras = useQuery(camerasQuery)
  const answer = useInfiniteQuery(registerPages(camera))
  const names = new Map((cameras.data ?? []).map((one) => [one.id, one.name]))
  const flat = { ...answer, data: answer.data?.pages.flat() }
  return (
    <div className="page">
      <PageHead title={t('nav.register')} purpose={t('register.purpose')} act={<ArticleChip article="a17_2_2" />} />
      <div className="row spaced">
        <Select
          allowClear
          style={{ minWidth: 240 }}
          aria-label={t('register.byCamera')}
          placeholder={t('register.byCamera')}
          value={camera ?? null}
          onChange={(value: string | null | undefined) => setCamera(value ?? undefined)}
          options={(cameras.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        />
        <Button onClick={() => void answer.refetch()}>{t('common.refresh')}</Button>
      </div>
      <Answered answer={flat}>
        {(entries: RegisterOut[]) =>
          entries.length === 0 ? (
            <Nothing text={t('register.empty')} />
          ) : (
            <>
              <Listing
                rows={entries}
                rowKey={(entry) => entry.index}
                page={Infinity}
                columns={[
                  { key: 'index', title: t('register.number'), align: 'right', className: 'nowrap', render: (entry) => entry.index },
                  { key: 'at', title: t('common.time'), className: 'nowrap', card: 'head', render: (entry) => stamp(entry.at_ms) },
                  { key: 'kind', title: t('register.kind'), className: 'nowrap', card: 'mark', render: (entry) => t(`registerKind.${entry.kind}`, { defaultValue: entry.kind }) },
                  { key: 'person', title: t('common.person'), render: (entry) => `${entry.person}（${entry.unit}）` },
                  { key: 'cameras', title: t('common.camera'), render: (entry) => entry.cameras.map((id) => names.get(id) ?? id).join('、') },
                  { key: 'periods', title: t('register.footage'), render: (entry) => entry.periods.map((one) => `${stamp(one[0])}（${span((one[1] - one[0]) / 1000)}）`).join('；') },
                  { key: 'purpose', title: t('access.use'), render: (entry) => entry.purpose },
                  { key: 'destination', title: t('access.destination'), render: (entry) => entry.destination },
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
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
