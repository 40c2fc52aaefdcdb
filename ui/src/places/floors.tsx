/** The floor plans of a place with the cameras on them: uploaded here, drawn on in the record of each camera. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { changePlace, getReadAttachmentUrl, type AttachmentOut, type FloorPlanOut, type PlacePageOut } from '../api/generated'
import { Nothing, Problem } from '../frame/parts'
import { Upload } from '../frame/upload'
import { FloorPlan } from '../map/floor'
import { fieldsOf } from './fields'

const NAME_LONGEST = 64

/** How large the kept picture is; the browser that shows it knows best. */
async function measured(attachment: string): Promise<{ width_px: number; height_px: number }> {
  const picture = new Image()
  picture.src = getReadAttachmentUrl(attachment)
  await picture.decode()
  return { width_px: picture.naturalWidth, height_px: picture.naturalHeight }
}

const stem = (name: string): string => name.replace(/\.[^.]*$/, '').slice(0, NAME_LONGEST)

export function FloorsPanel(props: { place: PlacePageOut }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { place } = props
  const [doing, setDoing] = useState<{ kept: AttachmentOut } | { gone: FloorPlanOut } | null>(null)
  const [form] = Form.useForm<{ name: string }>()
  const save = useMutation({
    mutationFn: (floors: FloorPlanOut[]) => changePlace(place.id, { ...fieldsOf(place), floors }),
    onSuccess: async () => {
      await client.invalidateQueries()
      setDoing(null)
    },
  })
  const draw = useMutation({
    mutationFn: async (asked: { kept: AttachmentOut; name: string }) => {
      const size = await measured(asked.kept.id)
      return save.mutateAsync([...place.floors, { id: crypto.randomUUID(), name: asked.name.trim(), attachment: asked.kept.id, ...size }])
    },
  })
  const begin = (next: NonNullable<typeof doing>): void => {
    save.reset()
    draw.reset()
    setDoing(next)
  }
  const may = place.may.change && place.closed_ms === null
  const adding = doing !== null && 'kept' in doing ? doing.kept : null
  const going = doing !== null && 'gone' in doing ? doing.gone : null
  return (
    <section className="panel">
      <h2>{t('places.floors')}</h2>
      {place.floors.length === 0 && <Nothing text={t('places.noFloors')} />}
      <div className="grid-2">
        {place.floors.map((floor) => (
          <div key={floor.id}>
            <FloorPlan floor={floor} cameras={place.cameras.filter((camera) => camera.floor === floor.id)} />
            {may && <Button size="small" danger onClick={() => begin({ gone: floor })}>{t('places.floorRemove', { name: floor.name })}</Button>}
          </div>
        ))}
      </div>
      {may && <Upload pictures subject_kind="place" subject={place.id} kind="floor_plan" label={t('places.floorAdd')} onDone={(kept) => begin({ kept })} />}
      {adding !== null && (
        <Modal open title={t('places.floorAdd')} okText={t('places.floorSave')} cancelText={t('common.cancel')} confirmLoading={draw.isPending} onOk={() => form.submit()} onCancel={() => setDoing(null)}>
          <img className="reference" src={getReadAttachmentUrl(adding.id)} alt={adding.name} />
          <Form form={form} layout="vertical" requiredMark="optional" initialValues={{ name: stem(adding.name) }} onFinish={({ name }) => draw.mutate({ kept: adding, name })}>
            <Form.Item name="name" label={t('places.floorName')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}><Input maxLength={NAME_LONGEST} /></Form.Item>
          </Form>
          {draw.error !== null && <Problem problem={draw.error} />}
        </Modal>
      )}
      {going !== null && (
        <Modal
          open
          title={t('places.floorRemove', { name: going.name })}
          okText={t('places.confirm')}
          okButtonProps={{ danger: true }}
          cancelText={t('common.cancel')}
          confirmLoading={save.isPending}
          onOk={() => save.mutate(place.floors.filter((floor) => floor.id !== going.id))}
          onCancel={() => setDoing(null)}
        >
          <p>{t('places.floorRemoveFollows')}</p>
          {save.error !== null && <Problem problem={save.error} />}
        </Modal>
      )}
    </section>
  )
}
