/** The folder of one case number: all that the organ asked for in it, and everything that happened, in one line of time. */
import { PrinterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Button, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'

import { getPrintCaseFolderUrl, type FolderOut } from '../api/generated'
import { caseQuery } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, StateMark } from '../frame/parts'
import { stamp, zone } from '../frame/time'
import { useRequestColumns } from './list'

export function CasePage() {
  const { t, i18n } = useTranslation()
  const { case: number } = useParams({ strict: false }) as { case: string }
  const answer = useQuery(caseQuery(number))
  const language = i18n.language === 'en-US' ? 'en' : 'zh'
  const print = <Button icon={<PrinterOutlined />} href={getPrintCaseFolderUrl({ case: number, language })} target="_blank">{t('access.casePrint')}</Button>
  const empty = answer.data?.requests.length === 0
  return (
    <div className="page">
      <PageHead title={`${t('access.case')} ${number}`} purpose={t('access.casePurpose')} act={<span className="row">{!empty && print}<ArticleChip matter="register" /></span>} />
      <Answered answer={answer}>{(folder) => (folder.requests.length === 0 ? <Nothing text={t('access.caseEmpty')} /> : <Folder folder={folder} />)}</Answered>
      {answer.dataUpdatedAt > 0 && <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt), zone: zone() })}</p>}
    </div>
  )
}

function Folder(props: { folder: FolderOut }) {
  const { t } = useTranslation()
  const { folder } = props
  const navigate = useNavigate()
  const columns = useRequestColumns()
  return (
    <>
      <Listing
        rows={folder.requests}
        rowKey={(request) => request.id}
        onOpen={(request) => void navigate({ to: '/requests/$id', params: { id: request.id } })}
        columns={[
          ...columns,
          {
            key: 'report',
            title: t('access.report'),
            render: (request) =>
              request.reported_ms !== null ? (
                <StateMark standing="met">{stamp(request.reported_ms)}</StateMark>
              ) : (
                request.report_until_ms !== null && <StateMark standing={request.report_until_ms < Date.now() ? 'overdue' : 'active'}>{t('access.reportUntil', { time: stamp(request.report_until_ms) })}</StateMark>
              ),
          },
        ]}
      />
      <div className="spaced" />
      <section className="panel" aria-label={t('access.caseLine')}>
        <h2>{t('access.caseLine')}</h2>
        <Timeline
          items={folder.lines.map((line) => ({
            ...(line.step === 'leak.traced' ? { color: 'red' } : {}),
            content: (
              <>
                {t(`act.${line.step.replaceAll('.', '_')}`, { defaultValue: line.step })} · {line.person}
                <div className="secondary">
                  {stamp(line.at_ms)} · <Link to="/requests/$id" params={{ id: line.request }}>{line.number}</Link> · {t('live.entry', { entry: line.entry })}
                </div>
                {line.text !== '' && <div className="wrap">{line.text}</div>}
              </>
            ),
          }))}
        />
      </section>
    </>
  )
}
