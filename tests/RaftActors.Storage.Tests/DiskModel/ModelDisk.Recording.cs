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
    /// <param name="every">Takes one in this number of places.</param>
    public IEnumerable<PowerCut> Cuts(int few = 64, int samples = 16, int from = 0, int every = 1)
    {
        var state = new DiskState(found);
        for (var count = 0; count <= _operations.Count; count++)
        {
            foreach (var cut in count < from || (count - from) % every > 0 ? [] : PowerCut.Of(state, count, few, samples))
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

    partial void OnDoing(DiskOperation operation, ref bool isDone)
    {
        switch (operation)
        {
            case DiskOperation.Create(var name, var size):
                MeetFault(DiskFault.Create, name);
                if (HasFault(DiskFault.CreateFull))
                {
                    throw new DiskFullException($"{PathOf(name)}: there is no room for {size} bytes.");
                }

                break;
            case DiskOperation.Rename(var from, _):
                MeetFault(DiskFault.Rename, from);
                break;
            case DiskOperation.Delete(var name):
                MeetFault(DiskFault.Delete, name);
                break;
            case DiskOperation.SyncFolder(var name):
                MeetFault(DiskFault.SyncFolder, name);
                break;
            case DiskOperation.Write write when HasFault(DiskFault.WriteFull) is var isFull && (isFull || HasFault(DiskFault.Write)):
                Apply(write with { Bytes = write.Bytes[..(write.Bytes.Length / 2)] });
                throw isFull
                    ? new DiskFullException($"{PathOf(write.Name)}: there is no room for {write.Bytes.Length} bytes at {write.Offset}.")
                    : new IOException($"{PathOf(write.Name)}: a write fails, as planned.");
            case DiskOperation.Sync sync when HasFault(DiskFault.Sync):
                Apply(new DiskOperation.FailedSync(sync.Name, sync.File));
                throw new IOException($"{PathOf(sync.Name)}: a sync fails, as planned.");
            case DiskOperation.Sync when HasFault(DiskFault.LyingSync):
                isDone = true;
                break;
        }
    }

    partial void OnReading(string name) => MeetFault(DiskFault.Read, name);

    private void MeetFault(DiskFault fault, string name) => Demand(!HasFault(fault), $"{PathOf(name)}: {fault} fails, as planned.");

    private bool HasFault(DiskFault fault)
    {
        foreach (var planned in _faults.Where(planned => planned.Fault == fault))
        {
            planned.Left--;
        }

        return _faults.RemoveAll(planned => planned.Left == 0) > 0;
    }

    private sealed record PlannedFault(DiskFault Fault)
    {
        public int Left { get; set; }
    }
}
