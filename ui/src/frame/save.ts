/** Hands what was fetched to the person as a file. */
const KEPT_MS = 10_000 // the browser has taken it by then

export function saveAs(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS)
}
