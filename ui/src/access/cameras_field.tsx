/** Cameras to ask for, found by name, place or unit: nothing of their pictures or their state is told. */
import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getSearchCamerasToAskQueryOptions, type FoundCameraOut } from '../api/generated'
import { later } from '../frame/later'
import { Loading } from '../frame/parts'

const CamerasMap = later(async () => (await import('./cameras_map')).CamerasMap)
const MOST_FOUND = 200 // the server answers with no more
const TYPING_MS = 250 // a pause in typing, so that not every letter is a question

interface Props {
  value?: string[]
  onChange?: (cameras: string[]) => void
  id?: string
  /** Every camera seen so far, by id: whoever submits groups them by their unit. */
  known: Map<string, FoundCameraOut>
}

function useResting(text: string): string {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}

const named = (camera: FoundCameraOut): string => [camera.name, camera.place].filter(Boolean).join(' · ')

/** As the server finds them. */
const fits = (camera: FoundCameraOut, text: string): boolean => `${camera.name} ${camera.place} ${camera.holder_name}`.toLowerCase().includes(text.trim().toLowerCase())

export function CamerasField(props: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [picking, setPicking] = useState(false)
  const q = useResting(text)
  const found = useQuery(getSearchCamerasToAskQueryOptions({ q }, { placeholderData: (before) => before }))
  const { known, value = [] } = props
  const answered = found.data ?? []
  for (const camera of answered) known.set(camera.id, camera)
  const chosen = value.flatMap((id) => (answered.some((camera) => camera.id === id) ? [] : (known.get(id) ?? [])))
  const holders = new Map<string, FoundCameraOut[]>()
  // until the answer comes the list is the one before: Enter must not take what was not typed
  for (const camera of answered.filter((one) => fits(one, text))) holders.set(camera.holder_name, [...(holders.get(camera.holder_name) ?? []), camera])
  const labels = new Map([...known].map(([id, camera]) => [id, named(camera)]))
  const select = (
    <Select
      mode="multiple"
      {...(props.id === undefined ? {} : { id: props.id })}
      labelInValue
      value={value.map((id) => ({ value: id, label: labels.get(id) ?? id }))}
      onChange={(cameras: { value: string }[]) => props.onChange?.(cameras.map((camera) => camera.value))}
      onSelect={() => setText('')}
      showSearch={{ filterOption: false, onSearch: setText, searchValue: text }}
      loading={found.isFetching}
      placeholder={t('access.findCameras')}
      notFoundContent={found.isPending ? t('common.loading') : t('access.noCameras')}
      options={[...holders].map(([holder, cameras]) => ({
        label: holder,
        title: holder,
        options: cameras.map((camera) => ({ value: camera.id, label: named(camera) })),
      }))}
    />
  )
  return (
    <>
      {select}
      <Button className="inline-link" type="link" onClick={() => setPicking(true)}>{t('access.mapPick')}</Button>
      {picking && (
        <Suspense fallback={<Loading rows={2} />}>
          <CamerasMap
            cameras={[...answered, ...chosen]}
            cut={answered.length >= MOST_FOUND}
            value={value}
            onDone={(cameras) => {
              props.onChange?.(cameras)
              setPicking(false)
            }}
            onClose={() => setPicking(false)}
          />
        </Suspense>
      )}
    </>
  )
}

/** One list of cameras for each unit that holds some of `cameras`; those of an unknown unit stay together. */
export function byHolder(cameras: readonly string[], known: ReadonlyMap<string, FoundCameraOut>): string[][] {
  const groups = new Map<string, string[]>()
  for (const id of cameras) {
    const holder = known.get(id)?.holder ?? ''
    groups.set(holder, [...(groups.get(holder) ?? []), id])
  }
  return [...groups.values()]
}

/** The map that lives as long as the form. */
export function useKnownCameras(): Map<string, FoundCameraOut> {
  return useRef(new Map<string, FoundCameraOut>()).current
}
