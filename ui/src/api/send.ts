/** A file to the server with its progress: `fetch` tells none of an upload, so this one call goes by XMLHttpRequest. */
import { refusalOf, unreachable } from './client'
import { getAddAttachmentUrl, getTraceLeakUrl, type AttachmentOut, type BodyAddAttachment, type LeakOut } from './generated'

interface Sent<T = AttachmentOut> {
  done: Promise<T>
  stop: () => void
}

/** Sends `file` about a subject; `progress` hears the share that is out. `done` rejects with a `Refusal`. */
export function send(file: File, about: Partial<Omit<BodyAddAttachment, 'file'>>, progress: (share: number) => void, address = getAddAttachmentUrl()): Sent {
  const request = new XMLHttpRequest()
  const done = new Promise<AttachmentOut>((kept, failed) => {
    request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0)
    request.onerror = () => failed(unreachable())
    request.onload = () => {
      if (request.status === 201) kept(JSON.parse(request.responseText) as AttachmentOut)
      else failed(refusalOf(request.status, request.responseText))
    }
  })
  const body = new FormData()
  for (const [name, value] of Object.entries(about)) body.append(name, value)
  body.append('file', file)
  request.open('POST', address)
  request.send(body)
  return { done, stop: () => request.abort() }
}

/** Sends a leaked picture or clip, to be read and not kept. */
export function sendLeak(file: File, progress: (share: number) => void): Sent<LeakOut> {
  const sent = send(file, {}, progress, getTraceLeakUrl())
  return { done: sent.done as unknown as Promise<LeakOut>, stop: sent.stop } // the address answers with what it read
}
