/** What the help sheet and "About" say; fetched with them. The names of keys are in view.ts. */

export const HELP_STRINGS = {
  title: 'Help',
  close: 'Close',
  keyboard: 'With a keyboard',
  gestures: {
    mouse: {
      title: 'With the mouse or trackpad',
      ways: [
        ['Turn the head', 'drag'],
        ['Nearer or farther', 'wheel, or pinch'],
        ['Move it aside', 'drag with Shift or the right button'],
        ['Back to the front', 'double-click'],
        ['Mix two faces', 'drag one onto another in the strip'],
        ['Open a model', 'drop its file anywhere'],
      ],
    },
    touch: {
      title: 'With your fingers',
      ways: [
        ['Turn the head', 'one finger'],
        ['Nearer or farther', 'pinch'],
        ['Move it aside', 'two fingers'],
        ['Back to the front', 'tap twice'],
        ['More settings', 'pull up the sheet at the bottom'],
      ],
    },
  },

  about: {
    title: 'About Trifold',
    what: 'These people do not exist. A neural network, a generator of the EG3D family, imagines each head as a small volume in space; your graphics card draws it from wherever you look, with kernels written by hand for WebGPU. The same face can be drawn by a second, convolutional network that imitates the first, so that you can see what is gained and what is lost.',
    private:
      'Everything is computed on this device. The page asks nobody but the server that it came from, and works without a network from the second visit on.',
    papers: 'Papers',
    paperList: [
      [
        'Chan et al., Efficient Geometry-aware 3D Generative Adversarial Networks (EG3D), CVPR 2022',
        'https://arxiv.org/abs/2112.07945',
      ],
      [
        'Shahbazi et al., NeRF-GAN Distillation for Efficient 3D-Aware Generation with Convolutions, 2023',
        'https://arxiv.org/abs/2303.12865',
      ],
      [
        'Karras et al., Analyzing and Improving the Image Quality of StyleGAN (StyleGAN2), CVPR 2020',
        'https://arxiv.org/abs/1912.04958',
      ],
      [
        'Härkönen et al., GANSpace: Discovering Interpretable GAN Controls, NeurIPS 2020',
        'https://arxiv.org/abs/2004.02546',
      ],
    ],
    licence: 'Licence and source',
    licenceWords:
      'The code is MIT, the weights of the bundled model are CC0. The source is the repository “trifold”, from which this page was built; nothing of the papers’ own code is in it.',
    embed: 'Put this face into a page of your own',
    embedMore: 'More about the element, with examples',
    command: 'Draw it from the command line',
    commandMore:
      'In a copy of the repository, with Node 20.19 or newer. An edited or mixed face needs its recipe: “help” lists all commands.',
    copy: 'Copy',
    copyNamed: (title: string) => `Copy: ${title}`,
    copied: 'Copied',
    copyByHand: 'The browser does not let the page copy: select the text above.',
  },
} as const;
