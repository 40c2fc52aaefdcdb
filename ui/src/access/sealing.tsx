/** A package sealed for two officers: what each has taken, who fetched it, and what this person may still do. */
import { DownloadOutlined, KeyOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Collapse } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getFetchSealedPackageUrl, getVerifierUrl, openDownload, showShareAtCounter, takeShare, type GivenShareOut, type PresenceForm, type RequestOut, type SealingOut } from '../api/generated'
import { ownSealingsQuery, requestQuery } from '../api/queries'
import { Problem, StateMark, type Standing } from '../frame/parts'
import { bytes, stamp } from '../frame/time'
import { CredentialForm } from './credential'
import { GivenShare } from './share'
import { EnrolOfficer } from './spot'

type Share = SealingOut['shares'][number]
type Download = SealingOut['downloads'][number]

function useShareWords(): (share: Share, over: boolean) => { standing: Standing; words: string } {
  const { t } = useTranslation()
  return (share, over) => {
    if (share.given_ms !== null) return { standing: 'met', words: t(share.at_counter ? 'sealing.atCounter' : 'sealing.given', { time: stamp(share.given_ms) }) }
    return over ? { standing: 'overdue', words: t('sealing.destroyed') } : { standing: 'soon', words: t('sealing.waiting') }
  }
}

function Fetched(props: { one: Download }) {
  const { t } = useTranslation()
  const { one } = props
  const said = one.finished_ms !== null ? t('sealing.finished', { person: one.person, time: stamp(one.finished_ms) }) : t('sealing.opened', { person: one.person, time: stamp(one.opened_ms), size: bytes(one.delivered_bytes) })
  return <span className="wrap"><StateMark standing={one.finished_ms !== null ? 'met' : 'active'}>{''}</StateMark>{said}{one.at_counter && t('sealing.counter')}</span>
}

interface Props {
  job: string
  request: string
  sealing: SealingOut
  /** Of the unit's staff: the request, and whether both officers are present now; undefined for everybody else. */
  counter?: { request: RequestOut; open: boolean }
}

export function Sealing(props: Props) {
  const { t } = useTranslation()
  const { job, sealing } = props
  const client = useQueryClient()
  const said = useShareWords()
  const [given, setGiven] = useState<GivenShareOut | null>(null)
  const fresh = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: requestQuery(props.request).queryKey })
    await client.invalidateQueries({ queryKey: ownSealingsQuery.queryKey })
  }
  const take = useMutation({ mutationFn: () => takeShare(job), onSuccess: setGiven, onSettled: fresh })
  const show = useMutation({ mutationFn: (credential: PresenceForm) => showShareAtCounter(job, credential), onSuccess: setGiven, onSettled: fresh })
  const fetchIt = useMutation({
    mutationFn: () => openDownload(job),
    onSuccess: (opened) => location.assign(getFetchSealedPackageUrl(job, opened.id)),
    onSettled: fresh,
  })
  const mine = sealing.shares.find((share) => share.mine)
  const counter = mine === undefined ? props.counter : undefined
  const done = sealing.downloads.some((one) => (counter !== undefined ? one.at_counter : one.mine && !one.at_counter) && (one.finished_ms !== null || !one.mine))
  return (
    <div className="spaced-top">
      <ul className="plain">
        {sealing.shares.map((share) => {
          const { standing, words } = said(share, sealing.over)
          return (
            <li key={share.letter}>
              <span>{t('sealing.share', { letter: share.letter })} · {share.officer}</span>
              <span className="spring" />
              <StateMark standing={standing}>{words}</StateMark>
            </li>
          )
        })}
      </ul>
      <h3>{t('sealing.downloads')}</h3>
      {sealing.downloads.length === 0 ? <p className="secondary">{t('sealing.none')}</p> : <ul className="plain">{sealing.downloads.map((one) => <li key={one.id}><Fetched one={one} /></li>)}</ul>}
      <p className={sealing.over ? 'state-overdue' : 'secondary'}>{sealing.over ? `■ ${t('sealing.over')}` : t('sealing.ends', { time: stamp(sealing.ends_ms) })} · {t('sealing.size', { size: bytes(sealing.size_bytes) })}</p>
      {!sealing.over && (mine !== undefined || counter !== undefined) && (
        <>
          <div className="row">
            {mine !== undefined && (
              <Button type="primary" icon={<KeyOutlined />} disabled={mine.given_ms !== null} loading={take.isPending} onClick={() => take.mutate()}>
                {t(mine.given_ms !== null ? 'sealing.taken' : 'sealing.take')}
              </Button>
            )}
            <Button icon={<DownloadOutlined />} disabled={done || counter?.open === false} loading={fetchIt.isPending} onClick={() => fetchIt.mutate()}>
              {t(counter !== undefined ? 'sealing.disk' : 'sealing.fetch')}
            </Button>
          </div>
          <p className="secondary">{t('sealing.fetchHint')}</p>
        </>
      )}
      {counter?.open === true && counter.request.ground === '' && !sealing.over && sealing.shares.some((share) => share.given_ms === null) && (
        <Collapse
          size="small"
          items={[{
            key: 'spot',
            label: t('sealing.spot'),
            children: <CredentialForm hint={t('sealing.spotHint')} submit={t('sealing.spotShow')} pending={show.isPending} problem={show.error} bare enrol={(enrolled) => <EnrolOfficer request={counter.request} onEnrolled={enrolled} />} onSubmit={(words) => show.mutateAsync(words)} />,
          }]}
        />
      )}
      {take.error !== null && <Problem problem={take.error} />}
      {fetchIt.error !== null && <Problem problem={fetchIt.error} />}
      <p className="secondary">{t('sealing.openWith')} · <a href={getVerifierUrl()} download="verify.py">{t('sealing.verifier')}</a></p>
      <GivenShare share={given} onClose={() => setGiven(null)} />
    </div>
  )
}
