/** The generated questions as screens ask them: how fresh, how often again, which page next. */
import { infiniteQueryOptions, queryOptions, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { Refusal } from './client'
import {
  getCameraGapsQueryOptions,
  getCameraTimelineQueryOptions,
  getListCamerasQueryOptions,
  getListExportsQueryOptions,
  getListOwnSealingsQueryOptions,
  getListLedgerEntriesQueryKey,
  getListMattersQueryOptions,
  getListRegisterQueryKey,
  getListRequestsQueryOptions,
  getOwnSessionQueryKey,
  getReadCameraQueryOptions,
  getReadCheckpointQueryOptions,
  getReadClockQueryOptions,
  getReadExportQueryOptions,
  getReadHealthQueryOptions,
  getReadRequestQueryOptions,
  getReadCaseFolderQueryOptions,
  getReadStorageQueryOptions,
  getReadWorkbenchQueryOptions,
  getSetupStateQueryOptions,
  listLedgerEntries,
  listRegister,
  ownSession,
  type CameraOut,
  type RegisterKind,
  type SessionState,
} from './generated'

const STATE_REFRESH_MS = 5_000 // a camera that fails is seen within five seconds
const WORK_REFRESH_MS = 10_000
const CEREMONY_REFRESH_MS = 2_000 // the second officer may sign at another screen
const PROGRESS_REFRESH_MS = 1_000 // the bar moves at least each second
const DAY_MS = 86_400_000
const MAX_RETIRED = 8 // asked by an address: more would be a list, not a choice

export const setupQuery = getSetupStateQueryOptions({ staleTime: Infinity })

/** The own session; null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: getOwnSessionQueryKey(),
  queryFn: async (): Promise<SessionState | null> => {
    try {
      return await ownSession()
    } catch (problem) {
      if (problem instanceof Refusal && problem.status === 401) return null
      throw problem
    }
  },
  staleTime: 60_000,
})

export type { MatterOutMatter as Matter } from './generated'

/** The articles that screens are about; the law of an installation changes with the day at most. */
export const mattersQuery = getListMattersQueryOptions({ staleTime: DAY_MS })

export const workbenchQuery = getReadWorkbenchQueryOptions({ refetchInterval: WORK_REFRESH_MS })

export const camerasQuery = getListCamerasQueryOptions({ refetchInterval: STATE_REFRESH_MS })

export const cameraQuery = (id: string) => getReadCameraQueryOptions(id, { refetchInterval: STATE_REFRESH_MS })

export const timelineQuery = (camera: string, from_ms: number, to_ms: number, resolution_ms: number) =>
  getCameraTimelineQueryOptions(
    camera,
    { from_ms, to_ms, resolution_ms },
    { staleTime: 5_000, refetchInterval: WORK_REFRESH_MS },
  )

export const storageQuery = getReadStorageQueryOptions({ refetchInterval: WORK_REFRESH_MS })

export const clockQuery = getReadClockQueryOptions({ refetchInterval: STATE_REFRESH_MS })

export const healthQuery = getReadHealthQueryOptions({ refetchInterval: STATE_REFRESH_MS })

export const gapsQuery = (camera: string) => getCameraGapsQueryOptions(camera, { refetchInterval: WORK_REFRESH_MS })

export const requestsQuery = getListRequestsQueryOptions(undefined, { refetchInterval: WORK_REFRESH_MS })

/** The folder of one case number of the own organ. */
export const caseQuery = (number: string) => getReadCaseFolderQueryOptions({ case: number }, { refetchInterval: WORK_REFRESH_MS })

export const requestQuery = (id: string) => getReadRequestQueryOptions(id, { refetchInterval: CEREMONY_REFRESH_MS })

export const ownSealingsQuery = getListOwnSealingsQueryOptions()
export const exportsQuery = getListExportsQueryOptions({ refetchInterval: PROGRESS_REFRESH_MS })

export const exportQuery = (id: string) => getReadExportQueryOptions(id, { refetchInterval: PROGRESS_REFRESH_MS })

export const checkpointQuery = getReadCheckpointQueryOptions({ refetchInterval: WORK_REFRESH_MS })

const PAGE = 100

/** The index before which the next page lies, or undefined at the first entry. */
function before(page: { index: number }[]): number | undefined {
  const last = page.at(-1)
  return page.length < PAGE || last === undefined || last.index === 0 ? undefined : last.index
}

const page = (before: number | undefined) => ({ limit: PAGE, ...(before === undefined ? {} : { before }) })
const pages = { initialPageParam: undefined as number | undefined, getNextPageParam: before }

/** Who watched this camera on Monday: what register and ledger are asked, and what stands in their address. */
export interface Asked {
  camera?: string | undefined
  person?: string | undefined
  kind?: string | undefined
  from?: number | undefined
  to?: number | undefined
  place?: string | undefined
  organ?: string | undefined
  case?: string | undefined
  basis?: 'own' | 'approval' | undefined
  side?: 'theirs' | undefined
  /** The refused acts in place of what was shown. */
  refused?: true | undefined
}

export const filtered = <Kind extends string>({ camera, person, kind, from, to }: Asked) => ({
  ...(camera === undefined ? {} : { camera }),
  ...(person === undefined ? {} : { person }),
  ...(kind === undefined ? {} : { kind: kind as Kind }),
  ...(from === undefined ? {} : { from_ms: from }),
  ...(to === undefined ? {} : { to_ms: to }),
})

/** The whole question to the register: list, paper, sheet and summary take it alike. */
export const askedOfRegister = (search: Asked) => ({
  ...filtered<RegisterKind>(search),
  ...(search.place === undefined ? {} : { place: search.place }),
  ...(search.organ === undefined ? {} : { organ: search.organ }),
  ...(search.case === undefined ? {} : { case: search.case }),
  ...(search.basis === undefined ? {} : { basis: search.basis }),
  ...(search.side === undefined ? {} : { side: search.side }),
})

export const registerPages = (search: Asked) => {
  const asked = askedOfRegister(search)
  return infiniteQueryOptions({
    queryKey: ['pages', ...getListRegisterQueryKey(asked)],
    queryFn: ({ pageParam }) => listRegister({ ...asked, ...page(pageParam) }),
    ...pages,
  })
}

export const ledgerPages = (search: Asked) => {
  const asked = filtered(search)
  return infiniteQueryOptions({
    queryKey: ['pages', ...getListLedgerEntriesQueryKey(asked)],
    queryFn: ({ pageParam }) => listLedgerEntries({ ...asked, ...page(pageParam) }),
    ...pages,
  })
}

const retiredOnes = (answers: { isPending: boolean; data: CameraOut | undefined }[]) => ({
  pending: answers.some((answer) => answer.isPending),
  cameras: answers.flatMap((answer) => answer.data ?? []),
})

/** The cameras in use, and those of `asked` (ids with commas) that are retired: their footage stays for its term. */
export function useCamerasWith(asked: string | undefined) {
  const inUse = useQuery(camerasQuery)
  const known = inUse.data
  const missing = known === undefined ? [] : (asked ?? '').split(',').filter((id) => id !== '' && !known.some((camera) => camera.id === id))
  const retired = useQueries({ queries: missing.slice(0, MAX_RETIRED).map((id) => ({ ...cameraQuery(id), retry: false })), combine: retiredOnes })
  const data = useMemo(() => (known === undefined || retired.pending ? undefined : [...known, ...retired.cameras]), [known, retired])
  return { data, error: inUse.error, isPending: inUse.isPending || retired.pending, refetch: inUse.refetch }
}
