namespace RaftActors.Testing.DiskModel;

/// <summary>The state of a disk after some operations: its contents, the durable part, and the possible fates of the rest.</summary>
internal sealed class DiskState
{
    private readonly List<ModelFile> _files = [];

    /// <summary>Files by name, or null for a folder.</summary>
    private readonly SortedDictionary<string, ModelFile?> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ModelFile?> _safeNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _changes = [];

    public DiskState(DiskImage found)
    {
        foreach (var folder in found.Folders)
        {
            _names[folder] = _safeNames[folder] = null;
        }

        foreach (var (name, bytes) in found.Files)
        {
            _names[name] = _safeNames[name] = NewFile(name, bytes);
        }
    }

    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <summary>The number of operations so far.</summary>
    public int Operations { get; private set; }

    public static string FolderOf(string name) => name[..Math.Max(0, name.LastIndexOf('/'))];

    public ModelFile? Find(string name) => _names.GetValueOrDefault(name);

    public bool IsFolder(string name) => name.Length == 0 || (_names.TryGetValue(name, out var file) && file is null);

    public void Apply(DiskOperation operation)
    {
        switch (operation)
        {
            case DiskOperation.CreateFolder(var name):
                Change($"folder {name}", [(name, null, true)]);
                break;
            case DiskOperation.Create(var name, var size):
                var file = Find(name) ?? NewFile(name, []);
                file.Empty(size, Operations);
                if (Find(name) is null)
                {
                    Change($"name {name}", [(name, file, true)]);
                }

                break;
            case DiskOperation.Write(_, var number, var offset, var bytes):
                _files[number].Write(offset, bytes, Operations);
                break;
            case DiskOperation.Sync(_, var number):
                _files[number].Sync();
                break;
            case DiskOperation.FailedSync(_, var number):
                _files[number].FailSync();
                break;
            case DiskOperation.Rename(var from, var to):
                _names[from]!.Name = to;
                Change($"rename {from} to {to}", [(from, null, false), (to, _names[from], true)]);
                break;
            case DiskOperation.Delete(var name):
                Change($"delete {name}", [(name, null, false)]);
                break;
            case DiskOperation.SyncFolder(var folder):
                _changes.FindAll(change => change.Folder == folder).ForEach(change => change.Apply(_safeNames));
                _changes.RemoveAll(change => change.Folder == folder);
                break;
        }

        Operations++;
    }

    /// <summary>The open points of a cut now, in the order of the operations.</summary>
    public List<OpenPoint> Open() =>
        [.. _changes.Select(change => change.Point).Concat(_files.SelectMany(file => file.Open())).OrderBy(point => point.Operation)];

    /// <summary>The disk after a cut, given the fate of each open point.</summary>
    public DiskImage Found(Func<OpenPoint, Fate> fateOf)
    {
        var names = new SortedDictionary<string, ModelFile?>(_safeNames, StringComparer.Ordinal);
        foreach (var change in _changes.Where(change => fateOf(change.Point).Kind == FateKind.Kept))
        {
            change.Apply(names);
        }

        var reachable = names.Where(one => IsReachable(one.Key, names)).ToArray();
        return new DiskImage(
            DiskImage.Empty.Folders.Union(reachable.Where(one => one.Value is null).Select(one => one.Key)),
            DiskImage.Empty.Files.AddRange(
                from one in reachable where one.Value is not null select KeyValuePair.Create(one.Key, one.Value.Found(fateOf))));
    }

    private static bool IsReachable(string name, SortedDictionary<string, ModelFile?> names)
    {
        var folder = FolderOf(name);
        return folder.Length == 0 || (names.TryGetValue(folder, out var file) && file is null && IsReachable(folder, names));
    }

    private ModelFile NewFile(string name, byte[] bytes)
    {
        var file = new ModelFile(_files.Count, name, bytes);
        _files.Add(file);
        return file;
    }

    private void Change(string what, (string Name, ModelFile? Now, bool IsThere)[] names)
    {
        var change = new NameChange(new OpenPoint(Operations, what, Fate.OfName), FolderOf(names[0].Name), names);
        change.Apply(_names);
        _changes.Add(change);
    }

    /// <summary>Names that appear or disappear atomically.</summary>
    private sealed record NameChange(OpenPoint Point, string Folder, (string Name, ModelFile? Now, bool IsThere)[] Names)
    {
        public void Apply(SortedDictionary<string, ModelFile?> names)
        {
            foreach (var (name, now, isThere) in Names)
            {
                if (now is not null && names.FirstOrDefault(one => one.Value == now).Key is { } elsewhere)
                {
                    names.Remove(elsewhere); // An earlier move was lost: a file has one name.
                }

                names.Remove(name);
                if (isThere)
                {
                    names[name] = now;
                }
            }
        }
    }
}
