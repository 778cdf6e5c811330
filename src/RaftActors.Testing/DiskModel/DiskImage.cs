using System.Collections.Immutable;

namespace RaftActors.Testing.DiskModel;

/// <summary>The contents of a disk at one moment.</summary>
/// <param name="Files">By name, with their folders. The bytes must not be changed.</param>
internal sealed partial record DiskImage(ImmutableSortedSet<string> Folders, ImmutableSortedDictionary<string, byte[]> Files)
{
    public static DiskImage Empty { get; } = new(
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, byte[]>(StringComparer.Ordinal));

    public DiskImage With(string file, byte[] bytes) => this with { Files = Files.SetItem(file, bytes) };
}
