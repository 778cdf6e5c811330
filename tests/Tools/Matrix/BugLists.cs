namespace RaftActors.Matrix;

/// <summary>The bugs of the simulator in projects of <c>src</c>, and those of the folder <c>bugs</c> beside this program.</summary>
public static class BugLists
{
    // Folders of lists, the names of the lists, and the folders in which the bugs name files.
    private static readonly (string Folder, string List, string Base)[] Folders =
    [
        ("Simulator/mutants", "core", "src/RaftActors.Core"),
        ("Simulator/mutants/unit-tests", "core", "src/RaftActors.Core"),
        ("Simulator/mutants/starvation", "core", "src/RaftActors.Core"),
        ("Simulator/mutants/actors", "actors", "src/RaftActors"),
        ("Simulator/mutants/actors/unit-tests", "actors", "src/RaftActors"),
        ("Simulator/mutants/actors/coordination", "coordination", "src/RaftActors.Coordination"),
        ("Simulator/mutants/actors/coordination/unit-tests", "coordination", "src/RaftActors.Coordination"),
        ("Simulator/mutants/actors/persistence", "persistence", "src/RaftActors.Persistence"),
        ("Matrix/bugs", "more", ""),
    ];

    /// <summary>Reads all bugs. They are numbered from 1 on, in the order of the lists.</summary>
    public static List<PlantedBug> Read(string root)
    {
        var bugs = new List<PlantedBug>();
        foreach (var (folder, list, within) in Folders)
        {
            foreach (var mutant in Mutant.ReadAll(Path.Combine(root, "tests", "Tools", folder)))
            {
                var patches = mutant.Patches.ConvertAll(patch => patch with
                {
                    File = Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(root, within, patch.File))).Replace('\\', '/'),
                });
                if (patches.Select(patch => patch.File.Split('/')[1]).Distinct().ToList() is not [var project])
                {
                    throw new InvalidDataException($"'{mutant.Name}' changes several projects. Change one.");
                }

                var assembly = PlantedProject.AssemblyOf(root, project);
                bugs.Add(new PlantedBug(bugs.Count + 1, project, assembly, list, mutant with { Patches = patches }));
            }
        }

        return bugs.DistinctBy(bug => bug.Name).Count() == bugs.Count
            ? bugs
            : throw new InvalidDataException($"Two bugs have one name: {bugs.GroupBy(bug => bug.Name).First(one => one.Count() > 1).Key}");
    }
}
