/** The record of a camera as a guided path: one question a step, each stored as it is answered; a refusal in its own words. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, Radio, Select, Steps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  getListPlacesQueryOptions, getReadPlaceQueryOptions, getReadSitingQueryOptions, getSitingWordsQueryOptions,
  probeStoredCamera, proveMasks, putSiting, signCamera, takeReferencePicture, type SitingFields, type SitingOut,
} from '../api/generated'
import { useSession } from '../frame/context'
import { Answered, ArticleChip, Problem, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { rate, stamp } from '../frame/time'
import { CodeField } from './gb_code'
import { MaskEditor } from './masks'
import { MoveCamera } from './move'
import { PositionFields } from './position'
import { Reference } from './reference'

const WIDTH_PX = 960

/** Sends an answer; the path is drawn anew from what the server then says. */
function useAnswer(camera: string) {
  const client = useQueryClient()
  return useMutation({ mutationFn: (ask: () => Promise<unknown>) => ask(), onSuccess: () => client.invalidateQueries(), mutationKey: ['siting', camera] })
}

/** The name of a place where cameras stand; what people wrote themselves stays as it is. */
function useSpot(): (location: string) => string {
  const { i18n } = useTranslation()
  const words = useQuery(getSitingWordsQueryOptions())
  return (location) => {
    const found = words.data?.spots.find((one) => one.key === location)
    return found === undefined ? location : i18n.language === 'en-US' ? found.name_en : found.name
  }
}

interface StepProps {
  camera: string
  siting: SitingOut | null
  step: string
}

function Fields(props: StepProps & { children: React.ReactNode; initial: object }) {
  const { t } = useTranslation()
  const answer = useAnswer(props.camera)
  return (
    <Form<SitingFields> key={props.step} layout="vertical" initialValues={props.initial} onFinish={(words) => answer.mutate(() => putSiting(props.camera, words))}>
      {props.children}
      {answer.error !== null && <Problem problem={answer.error} />}
      <Button type="primary" htmlType="submit" loading={answer.isPending}>{t('siting.save')}</Button>
    </Form>
  )
}

function PlaceStep(props: StepProps) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const places = useQuery(getListPlacesQueryOptions())
  const [chosen, setChosen] = useState(props.siting?.place ?? '')
  const place = useQuery({ ...getReadPlaceQueryOptions(chosen), enabled: chosen !== '' })
  const parts = (place.data?.needed ?? []).filter((part) => part.decided).map((part) => ({ value: part.part, label: english ? part.name_en : part.name }))
  return (
    <Fields {...props} initial={props.siting ?? {}}>
      <Form.Item name="place" label={t('siting.place')} rules={[{ required: true }]}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={(places.data ?? []).filter((one) => one.closed_ms === null).map((one) => ({ value: one.id, label: one.name }))} onChange={setChosen} />
      </Form.Item>
      <Form.Item name="system" label={t('siting.system')} extra={t('siting.systemHint')} rules={[{ required: true }]}>
        <Select options={(place.data?.systems ?? []).map((one) => ({ value: one.id, label: one.name }))} />
      </Form.Item>
      <Form.Item name="part" label={t('siting.part')} rules={[{ required: props.siting !== null }]}><Select options={parts} /></Form.Item>
    </Fields>
  )
}

function PositionStep(props: StepProps) {
  const { siting } = props
  if (siting === null) return null
  return <Fields {...props} initial={siting}><PositionFields siting={siting} /></Fields>
}

function ViewStep(props: StepProps) {
  const { t, i18n } = useTranslation()
  const answer = useAnswer(props.camera)
  const { camera, siting } = props
  if (siting === null) return null
  return (
    <>
      <p>{t('siting.reaches')}</p>
      <Radio.Group value={siting.reaches} onChange={(event) => answer.mutate(() => putSiting(camera, { reaches: event.target.value as boolean }))}>
        <Radio value={false}>{t('siting.reachesNo')}</Radio>
        <Radio value={true}>{t('siting.reachesYes')}</Radio>
      </Radio.Group>
      {siting.reaches === true && (
        <>
          <Reference camera={camera} picture={siting.picture}>
            {(address) => <MaskEditor picture={address} masks={siting.masks} onSave={(masks) => answer.mutate(() => putSiting(camera, { masks }))} />}
          </Reference>
          <Button disabled={siting.masks.length === 0} loading={answer.isPending} onClick={() => answer.mutate(() => proveMasks(camera))}>{t(answer.isPending ? 'siting.proving' : 'siting.prove')}</Button>
          {siting.proof !== null && (
            <p>
              <StateMark standing={siting.proof.proven ? 'met' : 'overdue'}>{t(siting.proof.proven ? 'siting.proven' : 'siting.notProven')}</StateMark>{' '}
              {i18n.language === 'en-US' ? siting.proof.text_en : siting.proof.text}
            </p>
          )}
        </>
      )}
      {answer.error !== null && <Problem problem={answer.error} />}
    </>
  )
}

function DossierStep(props: StepProps) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const words = useQuery(getSitingWordsQueryOptions())
  const { siting } = props
  const place = useQuery({ ...getReadPlaceQueryOptions(siting?.place ?? ''), enabled: siting !== null })
  return (
    <Answered answer={words}>
      {(data) => (
        <Fields {...props} initial={{ gb_code: siting?.gb_code, dossier: siting?.dossier ?? {} }}>
          <Form.Item name="gb_code" label={t('siting.code')} rules={[{ required: true, message: t('common.required') }]}><CodeField camera={props.camera} territory={place.data?.territory ?? ''} /></Form.Item>
          {data.groups.map((group) => (
            <fieldset key={group.key} className="plain">
              <legend><h3>{english ? group.name_en : group.name}</h3></legend>
              <div className="fields">{data.fields.filter((field) => field.group === group.key).map((field) => (
                <Form.Item key={field.key} name={['dossier', field.key]} label={english ? field.name_en : field.name} required={field.required.includes(siting?.point_class ?? '3')}>
                  {field.choices.length > 0
                    ? <Select allowClear options={field.choices.map((choice) => ({ value: choice.key, label: english ? choice.name_en : choice.name }))} />
                    : <Input maxLength={200} />}
                </Form.Item>
              ))}</div>
            </fieldset>
          ))}
        </Fields>
      )}
    </Answered>
  )
}

function Step(props: StepProps) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const words = useQuery(getSitingWordsQueryOptions())
  const answer = useAnswer(props.camera)
  const { camera, siting } = props
  const failed = answer.error !== null && <Problem problem={answer.error} />
  switch (props.step) {
    case 'place':
      return <PlaceStep {...props} />
    case 'forbidden':
      return (
        <Fields {...props} initial={{ location: siting?.location }}>
          <Form.Item name="location" label={t('siting.location')} extra={t('siting.locationHint')} rules={[{ required: true }]}><Input maxLength={100} list="spots" /></Form.Item>
          <datalist id="spots">{(words.data?.spots ?? []).map((spot) => <option key={spot.key} value={english ? spot.name_en : spot.name} />)}</datalist>
        </Fields>
      )
    case 'responsibility':
      return <p>{english ? siting?.verdict.text_en : siting?.verdict.text} {siting !== null && <ArticleChip article={siting.verdict.article} />}</p>
    case 'position':
      return <PositionStep {...props} />
    case 'picture':
      return (
        <>
          <p>{t('siting.takeHint')}</p>
          {siting !== null && siting.picture !== '' && <Reference camera={camera} picture={siting.picture} />}
          <Button type="primary" loading={answer.isPending} onClick={() => answer.mutate(() => takeReferencePicture(camera))}>{t('siting.take')}</Button>
          {failed}
        </>
      )
    case 'view':
      return <ViewStep {...props} />
    case 'stream':
    case 'storage':
      return (
        <>
          {siting?.stream != null && <p>{siting.stream.codec.toUpperCase()} {siting.stream.width}×{siting.stream.height} · {siting.stream.fps.toFixed(1)} fps · {rate(siting.stream.bitrate_bps)} · {siting.stream.gop_s.toFixed(1)} s</p>}
          {siting?.days != null && <p>{t('siting.days', { n: siting.days, floor: siting.floor_days })}</p>}
          <Button type="primary" loading={answer.isPending} onClick={() => answer.mutate(() => probeStoredCamera(camera, {}))}>{t('siting.stream')}</Button>
          {failed}
        </>
      )
    default:
      return <DossierStep {...props} />
  }
}

function Wizard(props: { camera: string; siting: SitingOut | null; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const steps = props.siting?.steps ?? []
  const open = steps.findIndex((step) => !step.done)
  const [at, setAt] = useState(Math.max(0, open))
  const answer = useAnswer(props.camera)
  const current = steps[at]
  return (
    <Drawer open size={WIDTH_PX} title={t('siting.steps')} onClose={props.onClose}>
      <div className={steps.length > 0 ? 'guided' : ''}>
        {steps.length > 0 && (
          <Steps
            size="small"
            orientation="vertical"
            current={at}
            onChange={setAt}
            items={steps.map((step) => ({
              title: <>{english ? step.name_en : step.name} <ArticleChip article={step.article} /></>,
              status: step.done ? 'finish' : steps[at] === step ? 'process' : 'wait',
              ...(step.done ? {} : { content: english ? step.lack_en : step.lack }),
            }))}
          />
        )}
        <div>
          <section className="panel">
            {current !== undefined && <h2>{english ? current.name_en : current.name}</h2>}
            <Step camera={props.camera} siting={props.siting} step={current?.step ?? 'place'} />
          </section>
          {at < steps.length - 1 && <Button onClick={() => setAt(at + 1)}>{t('siting.next')}</Button>}
          {steps.length > 0 && open < 0 && props.siting?.signed_ms === null && (
            <>
              <p className="secondary">{t('siting.signFollows')}</p>
              <Button type="primary" loading={answer.isPending} onClick={() => answer.mutate(() => signCamera(props.camera), { onSuccess: props.onClose })}>{t('siting.sign')}</Button>
            </>
          )}
          {answer.error !== null && <Problem problem={answer.error} />}
        </div>
      </div>
    </Drawer>
  )
}

/** Where the camera stands in the register, on its page. */
export function SitingPanel(props: { camera: string }) {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const english = i18n.language === 'en-US'
  const siting = useQuery(getReadSitingQueryOptions(props.camera))
  const spot = useSpot()
  const [doing, setDoing] = useState<'path' | 'move' | null>(null)
  const may = has(session, 'unit_manager')
  return (
    <section className="panel">
      <Answered answer={siting}>
        {(found) => {
          const signed = found?.signed_ms != null
          return (
            <>
              <div className="panel-head">
                <h2>{t('siting.title')}</h2>
                <StateMark standing={signed ? 'met' : 'soon'}>{t(signed ? 'siting.signed' : 'siting.draft')}</StateMark>
                {may && signed && <Button onClick={() => setDoing('move')}>{t('siting.move')}</Button>}
                {may && !signed && <Button type="primary" onClick={() => setDoing('path')}>{t(found === null ? 'siting.start' : 'siting.continue')}</Button>}
              </div>
              {found === null ? <p>{t('siting.none')}</p> : (
                <>
                  <p>{[found.place_name, found.system_name, spot(found.location)].filter((word) => word !== '').join(' · ')}</p>
                  <p>{english ? found.verdict.text_en : found.verdict.text} <ArticleChip article={found.verdict.article} /></p>
                  {found.held && <p><StateMark standing="soon">{t('siting.held')}</StateMark></p>}
                  {signed && <p className="secondary">{found.gb_code} · {t('siting.signedBy', { who: found.signed_by, time: stamp(found.signed_ms ?? 0) })}</p>}
                  {found.picture !== '' && <Reference camera={props.camera} picture={found.picture} />}
                </>
              )}
              {doing === 'path' && <Wizard camera={props.camera} siting={found} onClose={() => setDoing(null)} />}
              {doing === 'move' && found !== null && <MoveCamera siting={found} onClose={() => setDoing(null)} />}
            </>
          )
        }}
      </Answered>
    </section>
  )
}
