/** Endings of files that may hold a model, for the browser's own dialog. */
export const MODEL_FILE_ENDINGS = '.pkl,.pt,.pth,.safetensors';
