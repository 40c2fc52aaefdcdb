/** The register of viewing, copying and retrieval: persons, time, purpose, destination. Nothing here can be changed. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Select, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { RegisterOut } from '../api/generated'
import { camerasQuery, registerPages } from '../api/queries'
import { serverNow } from '../frame/context'
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
              <div className="table-scroll">
                <Table
                  rowKey="index"
                  size="middle"
                  dataSource={entries}
                  pagination={false}
                  columns={[
                    { title: t('register.number'), dataIndex: 'index', key: 'index', align: 'right', className: 'nowrap' },
                    { title: t('common.time'), key: 'at', className: 'nowrap', render: (_, entry) => stamp(entry.at_ms) },
                    { title: t('register.kind'), key: 'kind', className: 'nowrap', render: (_, entry) => t(`registerKind.${entry.kind}`, { defaultValue: entry.kind }) },
                    { title: t('common.person'), key: 'person', render: (_, entry) => `${entry.person}（${entry.unit}）` },
                    { title: t('common.camera'), key: 'cameras', render: (_, entry) => entry.cameras.map((id) => names.get(id) ?? id).join('、') },
                    { title: t('register.footage'), key: 'periods', render: (_, entry) => entry.periods.map((one) => `${stamp(one[0])}（${span((one[1] - one[0]) / 1000)}）`).join('；') },
                    { title: t('access.use'), dataIndex: 'purpose', key: 'purpose' },
                    { title: t('access.destination'), dataIndex: 'destination', key: 'destination' },
                    {
                      title: t('register.seen'), key: 'seen', className: 'nowrap',
                      render: (_, entry) =>
                        entry.closed ? (entry.seconds === null ? '' : span(entry.seconds)) : <StateMark standing="soon">{t('register.open')}</StateMark>,
                    },
                  ]}
                />
              </div>
              {answer.hasNextPage && <Button className="spaced" loading={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>{t('common.loadMore')}</Button>}
            </>
          )
        }
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
