/** One visit at the unit, on its tablet: papers one by one, two officers, the act, the end. Nothing opens out of turn. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Popconfirm, Steps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { checkPapers, endVisit, exportRequest, turnAway, viewUnderApproval, type RequestOut, type ViewOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { ArticleChip, Problem } from '../frame/parts'
import { Scans } from './papers'
import { ceremony, OFFICERS, Presence, useNow } from './presence'
import { isOwn, stepOf } from './kinds'
import { reasonOf } from './reason'

export function Ceremony(props: { request: RequestOut; onViewing: (view: ViewOut) => void }) {
  const { t, i18n } = useTranslation()
  const { request } = props
  const client = useQueryClient()
  const now = useNow()
  const [numbers, setNumbers] = useState<Record<string, string>>({})
  /** What was typed for the papers that are ticked; an empty field leaves the number on record. */
  const written = (papers: readonly string[]): Record<string, string> =>
    Object.fromEntries(papers.flatMap((paper) => ((numbers[paper] ?? '').trim() === '' ? [] : [[paper, (numbers[paper] ?? '').trim()]])))
  const lacking = request.papers.filter((paper) => !paper.checked).map((paper) => paper.paper)
  const fresh = () => client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
  const check = useMutation({ mutationFn: (papers: string[]) => checkPapers(request.id, { papers, numbers: written(papers) }), onSuccess: fresh })
  const away = useMutation({ mutationFn: () => turnAway(request.id, { papers: lacking }), onSuccess: fresh })
  const view = useMutation({ mutationFn: () => viewUnderApproval(request.id, {}), onSuccess: props.onViewing })
  const build = useMutation({ mutationFn: () => exportRequest(request.id), onSuccess: fresh })
  const leave = useMutation({ mutationFn: () => endVisit(request.id), onSuccess: fresh })

  const attend = stepOf(request, 'presence')
  if (attend === undefined) return null
  const english = i18n.language === 'en-US'
  const here = request.visits.find((visit) => visit.here && visit.open)
  const checked = request.papers.filter((paper) => paper.checked).map((paper) => paper.paper)
  const papersDone = checked.length === request.papers.length
  const present = ceremony(request.presence.filter((one) => one.visit === here?.id), now).present.length
  const acting = stepOf(request, 'view') ?? stepOf(request, 'export')
  const own = isOwn(request)
  const current = (!papersDone ? 0 : present < OFFICERS ? 1 : 2) - (own ? 1 : 0)
  return (
    <section className="panel" aria-label={t('access.ceremony')}>
      <div className="panel-head">
        <h2>{t('access.ceremony')}{here !== undefined && ` · ${t('access.visit', { n: here.n })}`}</h2>
        <ArticleChip matter="papers" />
      </div>
      {!attend.allowed ? (
        <p className="secondary">{reasonOf(attend, i18n.language)}</p>
      ) : (
        <Steps
          orientation="vertical"
          size="small"
          current={current}
          items={[
            ...(own ? [] : [{
              title: t('access.checkPapers'),
              content: (
                <>
                  <p className="secondary">{t('access.checkPapersHint')}</p>
                  <ul className="plain">
                    {request.papers.map((paper) => (
                      <li key={paper.paper}>
                        <Checkbox
                          checked={paper.checked}
                          disabled={check.isPending}
                          onChange={({ target }) => check.mutate(target.checked ? [...checked, paper.paper] : checked.filter((one) => one !== paper.paper))}
                        >
                          {english ? paper.name_en : paper.name}
                        </Checkbox>
                        <ArticleChip article={paper.article} />
                        <span className="spring" />
                        <Scans request={request} paper={paper.paper} />
                        <Input
                          className="filter"
                          maxLength={200}
                          aria-label={t('access.numberOf', { name: english ? paper.name_en : paper.name })}
                          placeholder={t('access.paperNo')}
                          defaultValue={paper.number}
                          onChange={({ target }) => setNumbers({ ...numbers, [paper.paper]: target.value })}
                          onBlur={({ target }) => paper.checked && target.value.trim() !== '' && target.value.trim() !== paper.number && check.mutate(checked)}
                        />
                      </li>
                    ))}
                  </ul>
                  {request.officers.some((officer) => officer.work_id !== '') && (
                    <p className="secondary">{t('access.named')}{request.officers.map((officer) => [officer.name, officer.work_id].filter(Boolean).join(' ')).join('、')}</p>
                  )}
                  {check.error !== null && <Problem problem={check.error} />}
                  {lacking.length > 0 && (
                    <div className="row leave">
                      <Popconfirm
                        title={t('access.turnAwayTitle')}
                        description={<>{request.papers.filter((paper) => !paper.checked).map((paper) => (english ? paper.name_en : paper.name)).join('、')}<div className="secondary">{t('access.turnAwayHint')} <ArticleChip matter="lawful_access" /></div></>}
                        okText={t('access.turnAway')}
                        cancelText={t('common.cancel')}
                        onConfirm={() => away.mutate()}
                      >
                        <Button loading={away.isPending}>{t('access.turnAway')}</Button>
                      </Popconfirm>
                    </div>
                  )}
                  {away.error !== null && <Problem problem={away.error} />}
                </>
              ),
            }]),
            { title: t(own ? 'ownCopy.presence' : 'access.presence'), content: <Presence request={request} visit={here?.id ?? ''} /> },
            {
              title: t('access.execute'),
              content: (
                <>
                  <p className="secondary">{t(`access.executeHint.${request.kind}`, { defaultValue: '' })}</p>
                  {acting !== undefined && (
                    <div className="row">
                      {acting.step === 'view' ? (
                        <Button type="primary" disabled={!acting.allowed} loading={view.isPending} onClick={() => view.mutate()}>{t('access.beginView')}</Button>
                      ) : (
                        <Button type="primary" disabled={!acting.allowed} loading={build.isPending} onClick={() => build.mutate()}>{t('access.beginBuild')}</Button>
                      )}
                      {!acting.allowed && <span className="secondary">{reasonOf(acting, i18n.language)}</span>}
                    </div>
                  )}
                  {view.error !== null && <Problem problem={view.error} />}
                  {build.error !== null && <Problem problem={build.error} />}
                  {here !== undefined && (
                    <div className="row leave">
                      <Button loading={leave.isPending} onClick={() => leave.mutate()}>{t('access.endVisit')}</Button>
                      <span className="secondary">{t('access.endVisitHint')}</span>
                    </div>
                  )}
                  {leave.error !== null && <Problem problem={leave.error} />}
                </>
              ),
            },
          ]}
        />
      )}
    </section>
  )
}
