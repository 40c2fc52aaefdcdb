/** Who is connected now under an approval: seen by the unit whose cameras are used, and by the organ that uses them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getListUsesQueryKey, getListUsesQueryOptions, reportTrouble, type UseOut } from '../api/generated'
import { camerasQuery } from '../api/queries'
import { serverNow, useSession } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, Problem, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { span, stamp, zone } from '../frame/time'

const EVERY_MS = 2_000 // seconds seen grow while one looks at them
const SHORTEST = 4

function Trouble(props: { use: UseOut; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [text, setText] = useState('')
  const report = useMutation({
    mutationFn: () => reportTrouble(props.use.entry, { text: text.trim() }),
    onSuccess: (told) => {
      void client.invalidateQueries({ queryKey: getListUsesQueryKey() })
      message.success(t('uses.reported', { entry: told.entry }))
      props.onClose()
    },
  })
  return (
    <Modal
      open
      title={t('uses.report')}
      okText={t('uses.send')}
      okButtonProps={{ disabled: text.trim().length < SHORTEST }}
      confirmLoading={report.isPending}
      onOk={() => report.mutate()}
      onCancel={props.onClose}
    >
      <p>{t('uses.reportHint')}</p>
      <Input.TextArea autoFocus rows={3} maxLength={500} showCount value={text} aria-label={t('uses.trouble')} placeholder={t('uses.troublePlaceholder')} onChange={(event) => setText(event.target.value)} />
      {report.error !== null && <Problem problem={report.error} />}
    </Modal>
  )
}

function Standing(props: { use: UseOut }) {
  const { t } = useTranslation()
  const { use } = props
  if (use.closed_ms !== null) return <StateMark standing="unknown">{t(`uses.closing.${use.closing ?? 'closed'}`)}</StateMark>
  return <StateMark standing={use.pictures > 0 ? 'active' : 'soon'}>{use.pictures > 0 ? t('uses.showing', { n: use.pictures }) : t('uses.idle')}</StateMark>
}

export function UsesPage() {
  const { t } = useTranslation()
  const session = useSession()
  const answer = useQuery({ ...getListUsesQueryOptions(), refetchInterval: EVERY_MS })
  const cameras = useQuery(camerasQuery)
  const names = new Map((cameras.data ?? []).map((camera) => [camera.id, camera.name]))
  const [troubled, setTroubled] = useState<UseOut | null>(null)
  const staff = has(session, 'unit_manager', 'duty')
  const reads = has(session, 'unit_manager', 'auditor')
  const mayReport = (use: UseOut): boolean => staff && use.ours && use.closed_ms === null
  return (
    <div className="page">
      <PageHead title={t('uses.title')} purpose={t('uses.purpose')} act={<><ArticleChip matter="live" /> <ArticleChip matter="register" /></>} />
      <Answered answer={answer}>
        {(uses) =>
          uses.length === 0 ? (
            <Nothing text={t('uses.empty')} />
          ) : (
            <Listing
              rows={uses}
              rowKey={(use) => use.entry}
              columns={[
                { key: 'officers', title: t('uses.officers'), card: 'head', render: (use) => `${use.officers}（${use.organ}）` },
                { key: 'state', title: t('common.state'), card: 'mark', className: 'nowrap', render: (use) => <Standing use={use} /> },
                { key: 'act', title: t('register.kind'), className: 'nowrap', render: (use) => t(`uses.act.${use.act}`) },
                { key: 'number', title: t('uses.number'), className: 'nowrap', render: (use) => use.number },
                { key: 'cameras', title: t('common.camera'), render: (use) => use.cameras.map((id) => names.get(id) ?? id).join('、') },
                { key: 'since', title: t('uses.since'), width: 180, render: (use) => t('uses.fromTo', { from: stamp(use.since_ms), to: stamp(use.closed_ms ?? use.until_ms) }) },
                { key: 'seconds', title: t('register.seen'), className: 'nowrap', align: 'right', render: (use) => span(use.seconds) },
                {
                  key: 'entry', title: t('register.number'), className: 'nowrap', align: 'right',
                  render: (use) => (reads ? <Link to="/register/$id" params={{ id: String(use.entry) }}>{use.entry}</Link> : use.entry),
                },
                {
                  key: 'trouble', title: t('uses.trouble'), card: 'wide',
                  render: (use) => use.troubles.length === 0 && !mayReport(use) ? null : (
                    <>
                      {use.troubles.map((told) => <p key={told.entry}>{stamp(told.at_ms)} {told.person}：{told.text}</p>)}
                      {mayReport(use) && <Button size="small" onClick={() => setTroubled(use)}>{t('uses.report')}</Button>}
                    </>
                  ),
                },
              ]}
            />
          )
        }
      </Answered>
      {staff && <p className="status-line">{t('uses.noCut')} <ArticleChip matter="lawful_access" /></p>}
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
      {troubled !== null && <Trouble use={troubled} onClose={() => setTroubled(null)} />}
    </div>
  )
}
