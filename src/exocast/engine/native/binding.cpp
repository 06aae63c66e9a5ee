// The Python face of the machine. Shapes are checked by exocast.engine.solve; indexes by Tables.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "batch.hpp"
#include "differential.hpp"
#include "dispatch.hpp"
#include "selection.hpp"
#include "tables.hpp"

namespace nb = nanobind;

namespace exocast {
namespace {

template <class T, int D>
using Array = nb::ndarray<const T, nb::ndim<D>, nb::c_contig, nb::device::cpu>;
template <class T>
using Flat = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;

template <class T>
std::vector<T> copy(const Flat<T>& array) {
  return std::vector<T>(array.data(), array.data() + array.size());
}

template <class T>
nb::ndarray<nb::numpy, T> give(std::unique_ptr<T[]> memory, std::initializer_list<std::size_t> shape) {
  T* data = memory.get();
  nb::capsule owner(data, [](void* held) noexcept { delete[] static_cast<T*>(held); });
  memory.release();
  return nb::ndarray<nb::numpy, T>(data, shape, owner);
}

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

InstructionSet find(const std::string& name) {
  const std::vector<InstructionSet> sets = instruction_sets();
  if (name == "best") return sets.back();
  for (const InstructionSet& set : sets) {
    if (set.name == name) return set;
  }
  throw std::invalid_argument("instruction set not available: " + name);
}

// Whether a batch must stop: the user asked for it, or its time is up.
class Watch {
 public:
  explicit Watch(double seconds) : seconds_(seconds) {}
  bool operator()() {
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start_;
    late_ = since.count() > seconds_;
    if (late_) return true;
    const nb::gil_scoped_acquire hold;
    return PyErr_CheckSignals() != 0;
  }
  bool late() const { return late_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double seconds_;
  bool late_ = false;
};

nb::tuple solve(const Tables& tables, Array<double, 2> parameters, Array<double, 2> start,
                Array<double, 2> times, Array<std::int32_t, 1> dose_state, Array<std::int32_t, 1> dose_kind,
                Array<double, 2> dose_start, Array<double, 2> dose_end, Array<double, 2> dose_amount,
                Array<std::int32_t, 1> keep_start, Array<std::int32_t, 1> keep_state,
                Array<double, 1> keep_weight, Array<double, 2> scale, double rtol,
                std::int64_t max_steps, Array<double, 2> by_parameter, Array<double, 3> by_start,
                Array<double, 3> by_amount, Array<double, 3> by_begin, Array<double, 3> by_end,
                Array<double, 2> replay, std::int64_t record, double seconds, int threads,
                const std::string& instruction_set) {
  const Program program = tables.view();
  const std::size_t members = parameters.shape(0), doses = dose_state.shape(0);
  const std::size_t states = static_cast<std::size_t>(program.states);
  require(parameters.shape(1) == static_cast<std::size_t>(program.parameters), "parameters");
  require(start.shape(0) == members && start.shape(1) == states, "start");
  require(times.shape(0) == members || times.shape(0) == 1, "times");
  require(scale.shape(0) == members || scale.shape(0) == 1, "scale");
  require(scale.shape(1) == states, "scale");
  for (const auto* dose : {&dose_start, &dose_end, &dose_amount}) {
    require(dose->shape(0) == members && dose->shape(1) == doses, "doses");
  }
  require(dose_kind.shape(0) == doses, "doses");
  require(keep_start.shape(0) >= 1 && keep_start.data()[0] == 0, "keep");
  require(keep_state.shape(0) == keep_weight.shape(0), "keep");
  const std::size_t kept = keep_start.shape(0) - 1;
  for (std::size_t j = 0; j < kept; j++) {
    require(keep_start.data()[j] <= keep_start.data()[j + 1], "keep");
  }
  require(keep_start.data()[kept] == static_cast<std::int64_t>(keep_state.shape(0)), "keep");
  const Selection selection(program, {keep_state.data(), keep_state.size()},
                            {dose_state.data(), dose_state.size()});
  const std::size_t directions = by_parameter.shape(1);
  require(by_parameter.shape(0) == static_cast<std::size_t>(program.parameters), "by_parameter");
  const auto fits = [&](const Array<double, 3>& array, std::size_t rows) {
    return (array.shape(0) == members || array.shape(0) == 1) && array.shape(1) == rows &&
           array.shape(2) == directions;
  };
  if (directions > 0) {
    require(fits(by_start, states), "by_start");
    require(program.events == 0, "events");
    for (const auto* dose : {&by_amount, &by_begin, &by_end}) {
      require(dose->size() == 0 || (fits(*dose, doses) && dose->shape(0) == by_amount.shape(0)),
              "dose directions");
    }
    require((by_begin.size() == 0) == (by_end.size() == 0), "dose directions");
  }
  require(replay.size() == 0 || replay.shape(0) == members, "replay");
  require(record >= 0, "record");
  const Differential differential(program, by_parameter.data(),
                                  static_cast<std::int64_t>(directions), selection.dosed_pivot);
  const Worker work = find(instruction_set).work;

  auto amount = std::make_unique_for_overwrite<double[]>(members * times.shape(1) * kept);
  auto status = std::make_unique<std::int32_t[]>(members);
  auto steps = std::make_unique<std::int64_t[]>(members);
  const std::size_t room = static_cast<std::size_t>(record);
  auto taken = std::make_unique<double[]>(members * room);
  auto slopes = std::make_unique_for_overwrite<double[]>(members * times.shape(1) * kept * directions);
  Problem problem{};
  problem.members = static_cast<std::int64_t>(members);
  problem.times = static_cast<std::int64_t>(times.shape(1));
  problem.doses = static_cast<std::int64_t>(doses);
  problem.kept = static_cast<std::int64_t>(kept);
  problem.parameter = parameters.data();
  problem.start = start.data();
  problem.time = times.data();
  problem.scale = scale.data();
  problem.time_stride = times.shape(0) == 1 ? 0 : problem.times;
  problem.scale_stride = scale.shape(0) == 1 ? 0 : program.states;
  problem.dose_state = dose_state.data();
  problem.dose_kind = dose_kind.data();
  problem.dose_start = dose_start.data();
  problem.dose_end = dose_end.data();
  problem.dose_amount = dose_amount.data();
  problem.keep_start = keep_start.data();
  problem.keep_state = keep_state.data();
  problem.keep_weight = keep_weight.data();
  problem.rtol = rtol;
  problem.max_steps = max_steps;
  selection.write(problem);
  if (directions > 0) {
    differential.view(problem.by);
    const std::int64_t many = static_cast<std::int64_t>(directions);
    problem.by.start = by_start.data();
    problem.by.start_stride = by_start.shape(0) == 1 ? 0 : program.states * many;
    problem.by.dose_amount = by_amount.size() > 0 ? by_amount.data() : nullptr;
    problem.by.dose_start = by_begin.size() > 0 ? by_begin.data() : nullptr;
    problem.by.dose_end = by_end.size() > 0 ? by_end.data() : nullptr;
    problem.by.dose_stride = by_amount.shape(0) == 1 ? 0 : problem.doses * many;
    problem.by.result = slopes.get();
  }
  problem.replay = replay.size() > 0 ? replay.data() : nullptr;
  problem.record = room > 0 ? taken.get() : nullptr;
  problem.steps_room = replay.size() > 0 ? static_cast<std::int64_t>(replay.shape(1)) : record;
  problem.amount = amount.get();
  problem.status = status.get();
  problem.steps = steps.get();

  bool complete = false;
  Watch watch(seconds);
  {
    const nb::gil_scoped_release release;
    complete = run_batch(program, problem, work, threads, [&watch] { return watch(); });
  }
  if (watch.late()) throw std::runtime_error("time is up");
  if (!complete) throw nb::python_error();
  return nb::make_tuple(give(std::move(amount), {members, times.shape(1), kept}),
                        give(std::move(status), {members}), give(std::move(steps), {members}),
                        give(std::move(slopes), {members, times.shape(1), kept, directions}),
                        give(std::move(taken), {members, room}));
}

// One operation on many numbers at once, for tests.
nb::ndarray<nb::numpy, double> evaluate(std::int32_t operation, Array<double, 1> a,
                                        Array<double, 1> b, const std::string& instruction_set,
                                        bool packs, bool flush) {
  require(a.size() == b.size(), "as many second operands as first");
  const int many = operands(operation);
  require(many == 1 || many == 2, "an operation of one or two operands");
  auto result = std::make_unique<double[]>(a.size());
  run_evaluate(find(instruction_set).evaluate, operation, many, packs, flush,
               static_cast<std::int64_t>(a.size()), a.data(), b.data(), result.get());
  return give(std::move(result), {a.size()});
}

}  // namespace

NB_MODULE(_native, module) {
  // A program refers to no Python object. One that is alive when the interpreter ends is held from
  // outside, as a test session holds its parameters: that is no leak to tell users about.
  nb::set_leak_warnings(false);
  nb::class_<Tables>(module, "Program")
      .def("__init__",
           [](Tables* self, Flat<double> constants, Flat<std::int32_t> setup_code,
              std::int32_t setup_size, Flat<std::int32_t> kept, Flat<std::int32_t> inputs,
              Flat<std::int32_t> table_start, Flat<double> table_time,
              Flat<std::int32_t> table_value, Flat<std::int32_t> table_steps,
              Flat<std::int32_t> rate_code, Flat<std::int32_t> slope_code,
              Flat<std::int32_t> event_code, std::int32_t size, Flat<std::int32_t> order,
              Flat<std::int32_t> row_shape, Flat<std::int32_t> row_index,
              Flat<std::int32_t> row_constant, Flat<std::int32_t> row_start,
              Flat<std::int32_t> diagonal, Flat<std::int32_t> column,
              Flat<std::int32_t> entry_shape, Flat<std::int32_t> entry_index,
              Flat<std::int32_t> drift_pivot, Flat<std::int32_t> drift_shape,
              Flat<std::int32_t> drift_index, Flat<std::int32_t> trigger,
              Flat<std::int32_t> set_start, Flat<std::int32_t> set_pivot,
              Flat<std::int32_t> set_register, Flat<std::int32_t> is_signed) {
             Tables tables;
             tables.constant = copy(constants);
             tables.setup_code = copy(setup_code);
             tables.setup_size = setup_size;
             tables.kept = copy(kept);
             tables.inputs = copy(inputs);
             tables.table_start = copy(table_start);
             tables.table_time = copy(table_time);
             tables.table_value = copy(table_value);
             tables.table_steps = copy(table_steps);
             tables.rate_code = copy(rate_code);
             tables.slope_code = copy(slope_code);
             tables.event_code = copy(event_code);
             tables.size = size;
             tables.order = copy(order);
             tables.row_shape = copy(row_shape);
             tables.row_index = copy(row_index);
             tables.row_constant = copy(row_constant);
             tables.row_start = copy(row_start);
             tables.diagonal = copy(diagonal);
             tables.column = copy(column);
             tables.entry_shape = copy(entry_shape);
             tables.entry_index = copy(entry_index);
             tables.drift_pivot = copy(drift_pivot);
             tables.drift_shape = copy(drift_shape);
             tables.drift_index = copy(drift_index);
             tables.trigger = copy(trigger);
             tables.set_start = copy(set_start);
             tables.set_pivot = copy(set_pivot);
             tables.set_register = copy(set_register);
             tables.is_signed = copy(is_signed);
             tables.check();
             new (self) Tables(std::move(tables));
           });
  module.def("instruction_sets", [] {
    std::vector<std::string> names;
    for (const InstructionSet& set : instruction_sets()) names.push_back(set.name);
    return names;
  });
  module.def("solve", &solve);
  module.def("evaluate", &evaluate);
}

}  // namespace exocast
