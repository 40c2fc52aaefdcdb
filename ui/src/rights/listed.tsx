/** Both directions: everybody who may see a camera, everything that a person may see, and the approvals in force. */
import { Link } from '@tanstack/react-router'
import { Collapse } from 'antd'
import { useTranslation } from 'react-i18next'

import type { HoldingOut, RightOut, RightsOut } from '../api/generated'
import { useSession } from '../frame/context'
import { Listing } from '../frame/listing'
import { Nothing, StateMark } from '../frame/parts'
import { serves } from '../frame/roles'
import { stamp } from '../frame/time'
import { Lines, MARK } from './explained'

const useAct = () => {
  const { t } = useTranslation()
  return (act: string): string => t(`rightAct.${act.replaceAll('.', '_')}`, { defaultValue: act })
}

function Approvals(props: { rights: RightsOut }) {
  const { t } = useTranslation()
  const session = useSession()
  const { approvals } = props.rights
  return (
    <section className="panel" aria-label={t('rights.approvals')}>
      <h2>{t('rights.approvals')}</h2>
      {approvals.length === 0 ? <Nothing text={t('rights.noApproval')} /> : (
        <Listing
          rows={approvals}
          rowKey={(one) => one.id}
          columns={[
            { key: 'number', title: t('uses.number'), card: 'head', render: (one) => serves(session, 'requests') ? <Link to="/requests/$id" params={{ id: one.id }}>{one.number}</Link> : one.number },
            { key: 'kind', title: t('access.kind'), card: 'mark', className: 'nowrap', render: (one) => t(`accessKind.${one.kind}`) },
            { key: 'officers', title: t('rights.officers'), render: (one) => `${one.officers.join('、')}（${one.organ}）` },
            { key: 'approver', title: t('rights.approver'), render: (one) => one.approver },
            { key: 'until', title: t('uses.since'), className: 'nowrap', render: (one) => one.until_ms !== null && t('rights.until', { time: stamp(one.until_ms) }) },
          ]}
        />
      )}
    </section>
  )
}

function Person(props: { held: HoldingOut; camera: string }) {
  const { t } = useTranslation()
  const act = useAct()
  const { held, camera } = props
  return (
    <>
      {held.rights.map((right) => (
        <div key={right.act}>
          <h3 className="row"><StateMark standing={MARK[right.verdict]}>{act(right.act)}</StateMark> <Link to="/rights" search={{ person: held.id, camera, act: right.act }}>{t('rights.askWhy')}</Link></h3>
          <Lines lines={right.lines.filter((line) => line.about === 'role' || line.about === 'condition' || line.standing !== 'met')} />
        </div>
      ))}
    </>
  )
}

export function AboutCamera(props: { rights: RightsOut; camera: string }) {
  const { t } = useTranslation()
  const act = useAct()
  const { rights } = props
  return (
    <div role="status">
      <section className="panel" aria-label={t('rights.ofCamera')}>
        <h2>{rights.name}：{t('rights.people', { n: rights.people.length })}</h2>
        {rights.people.length === 0 ? <Nothing text={t('rights.nobody')} /> : (
          <Collapse
            ghost
            items={rights.people.map((held) => ({
              key: held.id,
              label: <span className="row"><strong>{held.name}</strong> {held.rights.map((right) => <StateMark key={right.act} standing={MARK[right.verdict]}>{act(right.act)}</StateMark>)}</span>,
              children: <Person held={held} camera={props.camera} />,
            }))}
          />
        )}
        <p className="status-line">{t('rights.scope')} {t('rights.at', { time: stamp(rights.at_ms) })}</p>
      </section>
      <Approvals rights={rights} />
    </div>
  )
}

function Right(props: { right: RightOut; person: string }) {
  const { t } = useTranslation()
  const { right, person } = props
  return (
    <>
      <Lines lines={right.lines} />
      <ul className="plain">
        {right.cameras.map((camera) => <li key={camera.id}><span className="wrap">{camera.name}</span> <Link to="/rights" search={{ person, camera: camera.id, act: right.act }}>{t('rights.askWhy')}</Link></li>)}
      </ul>
    </>
  )
}

export function OfPerson(props: { rights: RightsOut; person: string }) {
  const { t } = useTranslation()
  const act = useAct()
  const { rights } = props
  const held = rights.people[0]
  return (
    <div role="status">
      <section className="panel" aria-label={t('rights.ofPerson')}>
        <h2>{rights.name}</h2>
        {held === undefined ? <Nothing text={t('rights.nothing')} /> : (
          <Collapse
            ghost
            items={held.rights.map((right) => ({
              key: right.act,
              label: <span className="row"><StateMark standing={MARK[right.verdict]}>{act(right.act)}</StateMark> {t('rights.cameras', { n: right.count })}</span>,
              children: <Right right={right} person={props.person} />,
            }))}
          />
        )}
        <p className="status-line">{t('rights.at', { time: stamp(rights.at_ms) })}</p>
      </section>
      <Approvals rights={rights} />
    </div>
  )
}
