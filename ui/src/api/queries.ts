/** Each server question once: its key, its freshness, its shape. */
import { infiniteQueryOptions, queryOptions, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { http, query, Refusal } from './client'
import type {
  AccessRequest,
  Camera,
  CameraRecord,
  Checkpoint,
  ExportJob,
  LedgerEntry,
  Person,
  RegisterEntry,
  Session,
  StorageReport,
  TimelineDay,
} from './types'

const STATE_REFRESH_MS = 5_000 // a camera that fails is seen within five seconds
const WORK_REFRESH_MS = 10_000
const MAX_RETIRED = 8 // asked by an address: more would be a list, not a choice

/** The server may wrap a list in an object with one of these names. */
function list<T>(body: T[] | Record<string, unknown>): T[] {
  if (Array.isArray(body)) return body
  for (const value of Object.values(body)) if (Array.isArray(value)) return value as T[]
  return []
}

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => http.get<{ needed: boolean }>('/setup'),
  staleTime: Infinity,
})

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await http.get<Session>('/session')
    } catch (problem) {
      if (problem instanceof Refusal && problem.status === 401) return null
      throw problem
    }
  },
  staleTime: 60_000,
})

export const camerasQuery = queryOptions({
  queryKey: ['cameras'],
  queryFn: async () => list<Camera>(await http.get('/cameras')),
  refetchInterval: STATE_REFRESH_MS,
})

export const cameraQuery = (id: string) =>
  queryOptions({
    queryKey: ['cameras', id],
    queryFn: () => http.get<CameraRecord>(`/cameras/${id}`),
    refetchInterval: STATE_REFRESH_MS,
  })

export const timelineQuery = (camera: string, from_ms: number, to_ms: number, resolution_ms: number) =>
  queryOptions({
    queryKey: ['timeline', camera, from_ms, to_ms, resolution_ms],
    queryFn: async () =>
      (
        await http.get<{ days: TimelineDay[] }>(
          `/cameras/${camera}/timeline${query({ from_ms, to_ms, resolution_ms })}`,
        )
      ).days,
    staleTime: 5_000,
    refetchInterval: 10_000,
  })

export const storageQuery = queryOptions({
  queryKey: ['storage'],
  queryFn: () => http.get<StorageReport>('/storage'),
  refetchInterval: WORK_REFRESH_MS,
})

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async () => list<Person>(await http.get('/people')),
})

export const requestsQuery = queryOptions({
  queryKey: ['access-requests'],
  queryFn: async () => list<AccessRequest>(await http.get('/access-requests')),
  refetchInterval: WORK_REFRESH_MS,
})

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['access-requests', id],
    queryFn: () => http.get<AccessRequest>(`/access-requests/${id}`),
    refetchInterval: 2_000, // the second officer may sign at another screen
  })

export const exportsQuery = queryOptions({
  queryKey: ['exports'],
  queryFn: async () => list<ExportJob>(await http.get('/exports')),
  refetchInterval: 1_000, // the bar moves at least each second
})

export const exportQuery = (id: string) =>
  queryOptions({
    queryKey: ['exports', id],
    queryFn: () => http.get<ExportJob>(`/exports/${id}`),
    refetchInterval: 1_000,
  })

const PAGE = 100

/** The index before which the next page lies, or undefined at the first entry. */
function before(page: { index: number }[]): number | undefined {
  const last = page.at(-1)
  return page.length < PAGE || last === undefined || last.index === 0 ? undefined : last.index
}

export const registerPages = (camera: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['register', camera],
    queryFn: async ({ pageParam }) =>
      list<RegisterEntry>(await http.get(`/register${query({ before: pageParam, limit: PAGE, camera })}`)),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: before,
  })

export const ledgerPages = (kind: string) =>
  infiniteQueryOptions({
    queryKey: ['ledger', kind],
    queryFn: async ({ pageParam }) =>
      list<LedgerEntry>(await http.get(`/ledger/entries${query({ before: pageParam, limit: PAGE, kind })}`)),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: before,
  })

export const checkpointQuery = queryOptions({
  queryKey: ['ledger-checkpoint'],
  queryFn: () => http.get<Checkpoint>('/ledger/checkpoint'),
  refetchInterval: WORK_REFRESH_MS,
})

const retiredOnes = (answers: { isPending: boolean; data: Camera | undefined }[]) => ({
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
