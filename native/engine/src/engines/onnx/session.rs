//! One model in ONNX Runtime; any number of threads run it at once.

use std::ffi::{c_char, c_void, CStr, CString};
use std::ptr;
use std::slice;
use std::sync::Arc;

use ort_sys::{ONNXTensorElementDataType, OrtAllocator, OrtMemoryInfo, OrtSession, OrtValue};

use super::description::Element;
use super::runtime::{answered, Runtime};

pub type Outcome<T> = Result<T, String>;

/// The file is read as what the guard has read it as, whatever it looks like; no thread waits by spinning.
const SETTINGS: [(&CStr, &CStr); 2] = [
    (c"session.load_model_format", c"ONNX"),
    (c"session.intra_op.allow_spinning", c"0"),
];

pub struct Session {
    pub runtime: Arc<Runtime>,
    session: *mut OrtSession,
    memory: *mut OrtMemoryInfo,
    allocator: *mut OrtAllocator,
}

// SAFETY: Run may be called by any number of threads at once; all else is read only.
unsafe impl Send for Session {}
// SAFETY: as above.
unsafe impl Sync for Session {}

/// A tensor that is freed when it goes.
pub struct Tensor<'a> {
    runtime: &'a Runtime,
    value: *mut OrtValue,
}

impl Session {
    /// One thread a call, since a batch is shared out before; no thread waits by spinning.
    pub fn new(runtime: &Arc<Runtime>, model: &[u8]) -> Outcome<Session> {
        let api = runtime.api;
        let mut made = Session {
            runtime: Arc::clone(runtime),
            session: ptr::null_mut(),
            memory: ptr::null_mut(),
            allocator: ptr::null_mut(),
        };
        // SAFETY: the interface's own functions, with places for their results that live through the call; `made` frees what
        // was made, whatever fails.
        unsafe {
            answered(
                api,
                (api.CreateCpuMemoryInfo)(
                    ort_sys::OrtAllocatorType::OrtDeviceAllocator,
                    ort_sys::OrtMemType::OrtMemTypeDefault,
                    &raw mut made.memory,
                ),
            )?;
            answered(api, (api.GetAllocatorWithDefaultOptions)(&raw mut made.allocator))?;
            let mut options = ptr::null_mut();
            answered(api, (api.CreateSessionOptions)(&raw mut options))?;
            let outcome = answered(api, (api.SetIntraOpNumThreads)(options, 1))
                .and_then(|()| answered(api, (api.SetInterOpNumThreads)(options, 1)))
                .and_then(|()| {
                    SETTINGS.iter().try_for_each(|(key, value)| {
                        answered(api, (api.AddSessionConfigEntry)(options, key.as_ptr(), value.as_ptr()))
                    })
                })
                .and_then(|()| {
                    let data = model.as_ptr().cast::<c_void>();
                    let session = &raw mut made.session;
                    answered(
                        api,
                        (api.CreateSessionFromArray)(runtime.env, data, model.len(), options, session),
                    )
                });
            (api.ReleaseSessionOptions)(options);
            outcome?;
        }
        Ok(made)
    }

    /// A tensor [rows, columns] over memory that the caller keeps and does not write to meanwhile.
    ///
    /// # Safety
    /// `data` has rows × columns elements of the type, which is not that of texts, and outlives the tensor.
    pub unsafe fn tensor(&self, data: &mut [u8], element: Element, rows: usize, columns: usize) -> Outcome<Tensor<'_>> {
        let api = self.runtime.api;
        let shape = [rows as i64, columns as i64];
        let mut value = ptr::null_mut();
        // SAFETY: promised by the caller.
        unsafe {
            answered(
                api,
                (api.CreateTensorWithDataAsOrtValue)(
                    self.memory,
                    data.as_mut_ptr().cast(),
                    data.len(),
                    shape.as_ptr(),
                    shape.len(),
                    type_of(element),
                    &raw mut value,
                ),
            )?;
        }
        Ok(self.owned(value))
    }

    /// A tensor [rows, 1] of texts, which are copied.
    ///
    /// # Safety
    /// Each points to a text that ends with NUL.
    pub unsafe fn texts(&self, texts: &[*const c_char]) -> Outcome<Tensor<'_>> {
        let api = self.runtime.api;
        let shape = [texts.len() as i64, 1];
        let mut value = ptr::null_mut();
        // SAFETY: the interface's own functions; the texts are promised by the caller.
        unsafe {
            answered(
                api,
                (api.CreateTensorAsOrtValue)(
                    self.allocator,
                    shape.as_ptr(),
                    shape.len(),
                    ONNXTensorElementDataType::ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING,
                    &raw mut value,
                ),
            )?;
            let tensor = self.owned(value);
            answered(api, (api.FillStringTensor)(value, texts.as_ptr(), texts.len()))?;
            Ok(tensor)
        }
    }

    /// The answers, in the order of `outputs`.
    pub fn run(&self, names: &[CString], inputs: &[Tensor<'_>], outputs: &[CString]) -> Outcome<Vec<Tensor<'_>>> {
        let api = self.runtime.api;
        let pointers = |names: &[CString]| names.iter().map(|name| name.as_ptr()).collect::<Vec<_>>();
        let (input_names, output_names) = (pointers(names), pointers(outputs));
        let values: Vec<*const OrtValue> = inputs.iter().map(|tensor| tensor.value.cast_const()).collect();
        let mut answers = vec![ptr::null_mut(); outputs.len()];
        // SAFETY: as many names as values on both sides; the session lives as long as `self`.
        let outcome = unsafe {
            answered(
                api,
                (api.Run)(
                    self.session,
                    ptr::null(),
                    input_names.as_ptr(),
                    values.as_ptr(),
                    values.len(),
                    output_names.as_ptr(),
                    output_names.len(),
                    answers.as_mut_ptr(),
                ),
            )
        };
        let tensors: Vec<Tensor<'_>> = answers.into_iter().map(|value| self.owned(value)).collect();
        outcome.map(|()| tensors)
    }

    fn owned(&self, value: *mut OrtValue) -> Tensor<'_> {
        Tensor {
            runtime: &self.runtime,
            value,
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let api = self.runtime.api;
        // SAFETY: made by this interface, freed once; NULL is allowed. The allocator is the library's own.
        unsafe {
            (api.ReleaseSession)(self.session);
            (api.ReleaseMemoryInfo)(self.memory);
        }
    }
}

impl Tensor<'_> {
    /// The bytes of `count` elements; another type or number of them is an error.
    pub fn bytes(&self, element: Element, count: usize, size: usize) -> Outcome<&[u8]> {
        let api = self.runtime.api;
        let (mut kind, mut elements) = (ONNXTensorElementDataType::ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED, 0);
        let (mut info, mut data) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the interface's own functions on a tensor of its own, with places for their results.
        unsafe {
            answered(api, (api.GetTensorTypeAndShape)(self.value, &raw mut info))?;
            let outcome = answered(api, (api.GetTensorElementType)(info, &raw mut kind))
                .and_then(|()| answered(api, (api.GetTensorShapeElementCount)(info, &raw mut elements)));
            (api.ReleaseTensorTypeAndShapeInfo)(info);
            outcome?;
        }
        if kind != type_of(element) || elements != count {
            return Err(format!(
                "it answered {elements} values of ONNX's type {}, where {count} of type {} were expected",
                kind as u32,
                type_of(element) as u32
            ));
        }
        // SAFETY: as above; the tensor has `count` elements of `size` bytes, and lives as long as the borrow.
        unsafe {
            answered(api, (api.GetTensorMutableData)(self.value, &raw mut data))?;
            match count {
                0 => Ok(&[]),
                _ => Ok(slice::from_raw_parts(data.cast::<u8>(), count * size)),
            }
        }
    }
}

impl Drop for Tensor<'_> {
    fn drop(&mut self) {
        // SAFETY: made by this interface, freed once; NULL is allowed.
        unsafe { (self.runtime.api.ReleaseValue)(self.value) };
    }
}

fn type_of(element: Element) -> ONNXTensorElementDataType {
    use ONNXTensorElementDataType as Type;
    match element {
        Element::Float64 => Type::ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE,
        Element::Float32 => Type::ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,
        Element::Int64 => Type::ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64,
        Element::Int32 => Type::ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32,
        Element::Bool => Type::ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL,
        Element::Text => Type::ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING,
    }
}
