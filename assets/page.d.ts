// The one global of the page: start.js.
interface Window {
  page: {
    address: (path: string) => string;
    module: (name: string) => Promise<any>;
    open: (name: string, parts: { element: HTMLElement }, again?: number) => void;
  };
  gradio_config?: { root?: string };
}
