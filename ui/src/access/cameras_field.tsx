/** Cameras to ask for, found by name, place or unit: nothing of their pictures or their state is told. */
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getSearchCamerasToAskQueryOptions, type FoundCameraOut } from '../api/generated'

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

export function CamerasField(props: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const q = useResting(text)
  const found = useQuery(getSearchCamerasToAskQueryOptions({ q }, { placeholderData: (before) => before }))
  const { known, value = [] } = props
  const answered = found.data ?? []
  for (const camera of answered) known.set(camera.id, camera)
  const chosen = value.flatMap((id) => (answered.some((camera) => camera.id === id) ? [] : (known.get(id) ?? [])))
  const holders = new Map<string, FoundCameraOut[]>()
  for (const camera of [...answered, ...chosen]) holders.set(camera.holder_name, [...(holders.get(camera.holder_name) ?? []), camera])
  return (
    <Select
      mode="multiple"
      {...(props.id === undefined ? {} : { id: props.id })}
      value={value}
      onChange={(cameras: string[]) => props.onChange?.(cameras)}
      showSearch={{ filterOption: false, onSearch: setText, searchValue: text }}
      loading={found.isFetching}
      placeholder={t('access.findCameras')}
      notFoundContent={found.isPending ? t('common.loading') : t('access.noCameras')}
      options={[...holders].map(([holder, cameras]) => ({
        label: holder,
        title: holder,
        options: cameras.map((camera) => ({ value: camera.id, label: [camera.name, camera.place].filter(Boolean).join(' · ') })),
      }))}
    />
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
