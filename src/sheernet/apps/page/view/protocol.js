/**
 * The types of the messages between the server and the view.  Written by scripts/page_types.py from protocol.py, which
 * describes them; do not edit.
 */

/**
 * @typedef {object} Allowed
 * @property {any} value
 * @property {string} label
 * @property {string} help
 */

/**
 * @typedef {object} Answer
 * @property {State | null} state
 * @property {CheckResult | null} check
 * @property {string} error
 */

/**
 * @typedef {object} Axis
 * @property {string} name
 * @property {number} column
 * @property {Array<number>} values
 * @property {string} unit
 * @property {string} kind
 */

/**
 * @typedef {object} CheckResult
 * @property {boolean} passed
 * @property {string} text
 */

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} role
 * @property {string} kind
 * @property {string} unit
 * @property {string} note
 */

/**
 * @typedef {object} Control
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {string} group
 * @property {"choice" | "columns" | "flag" | "number" | "whole" | "widths"} kind
 * @property {any} value
 * @property {any} default
 * @property {Array<Allowed>} allowed
 * @property {number | null} least
 * @property {number | null} most
 * @property {Record<string, Array<any>>} when
 * @property {string} reason
 */

/**
 * @typedef {object} Curves
 * @property {boolean} replace
 * @property {Array<number>} iteration
 * @property {Array<number | null>} objective
 * @property {Array<number | null>} cost
 * @property {Array<number | null>} validation
 * @property {Array<number | null>} test
 * @property {Array<number | null>} gradient_norm
 * @property {Array<number | null>} step_length
 * @property {Array<number | null>} damping
 */

/**
 * @typedef {object} DataState
 * @property {string} name
 * @property {string} source
 * @property {string} license
 * @property {Array<Column>} columns
 * @property {Preview} preview
 * @property {Array<string>} problems
 * @property {Array<string>} notices
 * @property {Record<string, number>} counts
 * @property {string} task
 * @property {Array<string>} classes
 */

/**
 * @typedef {object} Edge
 * @property {number} index
 * @property {string} source
 * @property {string} target
 * @property {string} name
 */

/**
 * @typedef {object} Exercise
 * @property {"sheernet-exercise"} format
 * @property {"1"} version
 * @property {string} title
 * @property {string} task
 * @property {Array<string>} hidden_controls
 * @property {string} data
 * @property {string} table
 * @property {string} table_name
 * @property {"columns" | "rows"} samples
 * @property {Array<string> | null} inputs
 * @property {string | null} target
 * @property {"auto" | "classification" | "regression"} task_kind
 * @property {number} validation
 * @property {number} test
 * @property {"drop" | "impute" | "refuse"} missing
 * @property {"maxabs" | "maximum" | "minmax" | "none" | "rms" | "robust" | "standardize"} scaling
 * @property {Array<number>} hidden
 * @property {string} activation
 * @property {string | null} output
 * @property {boolean} bias
 * @property {boolean} skip
 * @property {string | null} cost
 * @property {"mean" | "sum"} reduction
 * @property {number} decay
 * @property {string} method
 * @property {Record<string, any>} options
 * @property {number} starts
 * @property {number} seed
 * @property {string} scheme
 * @property {Array<number>} weights
 * @property {number} max_iter
 * @property {number} gradient_tolerance
 * @property {number | null} patience
 * @property {number} row
 * @property {Array<string>} axes
 */

/**
 * @typedef {object} Figures
 * @property {"test" | "training" | "validation"} share
 * @property {number} n
 * @property {number | null} r2
 * @property {number | null} rmse
 * @property {number | null} accuracy
 * @property {number | null} log_loss
 */

/**
 * @typedef {object} Frame
 * @property {number} sequence
 * @property {number} revision
 * @property {"ended" | "paused" | "ready" | "running"} status
 * @property {number} iteration
 * @property {number} start
 * @property {string} message
 * @property {string} reason
 * @property {number | null} objective
 * @property {number | null} cost
 * @property {Array<number | null>} theta
 * @property {Array<number | null>} gradient
 * @property {Curves} curves
 * @property {Surface | null} surface
 * @property {Array<Figures>} figures
 * @property {RowPasses | null} passes
 */

/**
 * @typedef {object} LayerNumbers
 * @property {number} layer
 * @property {Array<number | null> | null} z
 * @property {Array<number | null> | null} a
 * @property {Array<number | null> | null} delta
 */

/**
 * @typedef {object} NetworkState
 * @property {string} summary
 * @property {number} n_layers
 * @property {Array<string>} activations
 * @property {Array<Unit>} units
 * @property {Array<Edge>} edges
 * @property {string} note
 */

/**
 * @typedef {object} Opened
 * @property {string} session
 * @property {State} state
 */

/**
 * @typedef {object} Preset
 * @property {string} name
 * @property {string} lesson
 * @property {string} sentence
 * @property {string} query
 */

/**
 * @typedef {object} Preview
 * @property {Array<string>} columns
 * @property {Array<Array<string>>} rows
 * @property {number} n_rows
 * @property {number} n_columns
 */

/**
 * @typedef {object} RowPasses
 * @property {number} row
 * @property {string} share
 * @property {Array<number | null>} inputs
 * @property {Array<number | null>} target
 * @property {Record<string, any>} given
 * @property {Array<LayerNumbers>} layers
 * @property {string} pass
 * @property {number} layer
 * @property {number | null} loss
 * @property {number | null} weight
 */

/**
 * @typedef {object} State
 * @property {number} revision
 * @property {Exercise} exercise
 * @property {Array<Control>} controls
 * @property {DataState} data
 * @property {NetworkState} network
 * @property {Array<Preset>} presets
 * @property {string} method
 * @property {string} query
 */

/**
 * @typedef {object} Surface
 * @property {"classes" | "curve" | "map"} kind
 * @property {Array<Axis>} axes
 * @property {any} values
 * @property {string} output
 * @property {Array<number>} low
 * @property {Array<number>} high
 * @property {Record<string, any>} held
 * @property {Array<SurfacePoint>} points
 * @property {Array<string>} classes
 */

/**
 * @typedef {object} SurfacePoint
 * @property {number} x
 * @property {number} y
 * @property {any} target
 * @property {"test" | "training" | "validation"} share
 * @property {number} row
 */

/**
 * @typedef {object} Unit
 * @property {string} id
 * @property {"bias" | "hidden" | "input" | "output"} kind
 * @property {number} layer
 * @property {number} index
 * @property {string} name
 */

export {};
