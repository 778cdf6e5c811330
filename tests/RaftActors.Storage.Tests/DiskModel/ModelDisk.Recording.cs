namespace RaftActors.Testing.DiskModel;

/// <content> Records the operations, returns the disks that a cut after any of them may leave, and fails as planned. </content>
internal sealed partial class ModelDisk
{
    private readonly List<DiskOperation> _operations = [];
    private readonly List<PlannedFault> _faults = [];

    public IReadOnlyList<DiskOperation> Operations => _operations;

    /// <summary>False: operations are not recorded, to save memory in a long life. Only <see cref="CutNow"/> works then.</summary>
    public bool IsRecording { get; init; } = true;

    /// <summary>The disks that a power cut after this number of operations may leave.</summary>
    public IEnumerable<PowerCut> CutsAfter(int operations, int few = 64, int samples = 16) =>
        Cuts(few, samples, from: operations).TakeWhile(cut => cut.Operations == operations);

    /// <summary>The same for each number of operations from one on, in order.</summary>
    public IEnumerable<PowerCut> Cuts(int few = 64, int samples = 16, int from = 0)
    {
        var state = new DiskState(found);
        for (var count = 0; count <= _operations.Count; count++)
        {
            foreach (var cut in count < from ? [] : PowerCut.Of(state, count, few, samples))
            {
                yield return cut;
            }

            if (count < _operations.Count)
            {
                state.Apply(_operations[count]);
            }
        }
    }

    /// <summary>Plans a fault of the n-th operation of a kind from now on (1: the next).</summary>
    public void Fail(DiskFault fault, int nth = 1) => _faults.Add(new PlannedFault(fault) { Left = nth });

    partial void OnDone(DiskOperation operation)
    {
        if (IsRecording)
        {
            _operations.Add(operation);
        }
    }

    partial void FindPlanned(DiskFault fault, ref bool isPlanned)
    {
        foreach (var planned in _faults.Where(planned => planned.Fault == fault))
        {
            planned.Left--;
        }

        isPlanned = _faults.RemoveAll(planned => planned.Left == 0) > 0;
    }

    private sealed record PlannedFault(DiskFault Fault)
    {
        public int Left { get; set; }
    }
}
