/** @module The camera -> a picture of a poster, taken in a dialog. */
import { texts } from '../texts.ts';
import { button, element } from './element.ts';

/** One frame of a video as a JPEG. */
async function frameOf(video: HTMLVideoElement): Promise<Blob> {
  const canvas = element('canvas', { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no frame'))), 'image/jpeg', 0.95),
  );
}

/**
 * Asks for the camera at the back, if there is a choice, and waits for the picture.
 *
 * @returns the picture, or nothing if the dialog was closed
 * @throws {DOMException} when there is no camera or it may not be used
 */
export async function takePicture(): Promise<Blob | undefined> {
  if (!navigator.mediaDevices) throw new DOMException('no camera', 'NotFoundError');
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', height: { ideal: 1440 } },
  });
  const video = element('video', { playsinline: true, muted: true });
  video.srcObject = stream;
  const dialog = element('dialog', { class: 'camera', 'aria-label': texts.camera.title });
  try {
    return await new Promise<Blob | undefined>((resolve) => {
      dialog.append(
        element('p', {}, texts.camera.title),
        video,
        element(
          'div',
          { class: 'buttons' },
          button(texts.camera.take, () => resolve(frameOf(video)), { class: 'primary' }),
          button(texts.camera.cancel, () => resolve(undefined)),
        ),
      );
      dialog.addEventListener('close', () => resolve(undefined));
      document.body.append(dialog);
      dialog.showModal();
      void video.play();
    });
  } finally {
    for (const track of stream.getTracks()) track.stop();
    dialog.remove();
  }
}
