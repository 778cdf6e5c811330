using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RaftActors.Simulator;

/// <summary>
/// Compiles a project with a planted bug, and runs a simulation with it. Sources are read once and never written. Each assembly stays
/// loaded and costs a megabyte or more: collectible assemblies crashed the runtime after minutes under load.
/// </summary>
public sealed class MutantCompiler
{
    private const string GlobalUsings = "global using System; global using System.Collections.Generic; global using System.IO; "
        + "global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    // Of each thread, because tests run at once.
    private const string Switch = "public static class PlantedBug { [System.ThreadStatic] public static int Number; }";

    private const string Simulator = "tests/Tools/Simulator";

    private static readonly string Compiler = typeof(MutantCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(one => one.Key == "Compiler").Value!;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14);

    private readonly Dictionary<string, (string Text, SyntaxTree Tree)> _project = [];
    private readonly List<SyntaxTree> _trees = [CSharpSyntaxTree.ParseText(GlobalUsings, Parsing)];
    private readonly Type _entry;
    private readonly Lazy<CSharpCompilation> _written;
    private Lazy<CSharpCompilation> _compilation;
    private bool _generates;
    private Lazy<(Assembly Assembly, List<Mutant> Bugs)> _together = new((null!, []));
    private List<string> _resources = [];
    private Func<string, Stream, Assembly> _load = (name, image) => new AssemblyLoadContext(name).LoadFromStream(image);

    /// <param name="folder">Bugs name files by their paths in it.</param>
    /// <param name="sources">The files that bugs may change.</param>
    private MutantCompiler(
        string assembly,
        string folder,
        IEnumerable<string> sources,
        IEnumerable<string> others,
        Type entry,
        IEnumerable<MetadataReference> references)
    {
        _entry = entry;
        foreach (var file in sources)
        {
            var text = File.ReadAllText(file);
            var tree = CSharpSyntaxTree.ParseText(text, Parsing);
            _project.Add(Path.GetRelativePath(folder, file).Replace('\\', '/'), (text, tree));
            _trees.Add(tree);
        }

        _trees.AddRange(others.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), Parsing)));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable);
        _compilation = _written = new(() => CSharpCompilation.Create(assembly, _trees, references, options));
    }

    /// <summary>For bugs in Core, and the simulation of whole groups.</summary>
    public static MutantCompiler OfCore(string root)
    {
        var simulator = Path.Combine(root, Simulator);
        var core = Path.Combine(root, "src", "RaftActors.Core");
        string[] folders = ["Simulation", "Checking", "Faults", "Exhaustive", "Specification", "Tracing"];
        string[] harness = ["FoundedGroup.cs", "SimulatedDisk.cs", "SimulatedProcess.cs"];
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return new MutantCompiler(
            "Mutant",
            core,
            Sources(core),
            folders.SelectMany(folder => Sources(Path.Combine(simulator, folder)))
                .Append(Path.Combine(root, "tests", "Shared", "Linked", "CoreInside.cs"))
                .Append(Path.Combine(root, "tests", "Shared", "Linked", "Describe.cs"))
                .Append(Path.Combine(simulator, "SeedResult.cs"))
                .Append(Path.Combine(simulator, "Totals.cs"))
                .Append(Path.Combine(simulator, "Planting", "MutantEntry.cs"))
                .Append(Path.Combine(simulator, "Planting", "ExhaustiveMutantEntry.cs"))
                .Append(Path.Combine(simulator, "Planting", "ReplayMutantEntry.cs"))
                .Append(Path.Combine(simulator, "Planting", "StarvationMutantEntry.cs"))
                .Concat(harness.Select(file => Path.Combine(root, "tests", "RaftActors.Core.Tests", "Harness", file)))
                .Concat(Sources(Path.Combine(root, "src", "RaftActors.Testing", "History"))),
            typeof(MutantEntry),
            Assemblies().Where(path => Path.GetDirectoryName(path) == framework).Select(path => MetadataReference.CreateFromFile(path)));
    }

    /// <summary>For bugs in RaftActors, and the simulation of groups of real actors.</summary>
    public static MutantCompiler OfActors(string root) => OfReplaced(root, "RaftActors");

    /// <summary>For bugs in the coordination, and the simulation of groups of real actors.</summary>
    public static MutantCompiler OfCoordinationOfActors(string root) => OfReplaced(root, "RaftActors.Coordination");

    /// <summary>For bugs in the journal of Akka.Persistence, and the simulation of groups of real actors.</summary>
    public static MutantCompiler OfPersistence(string root) => OfReplaced(root, "RaftActors.Persistence");

    /// <summary>For bugs in the actors of demos and examples, and the simulation of groups of them.</summary>
    public static MutantCompiler OfDemos(string root)
    {
        // The simulator has their sources, so the part of it that runs actors is compiled again.
        const string assembly = "RaftActors.Simulator";
        var simulator = Path.Combine(root, Simulator);
        var linked = XDocument.Load(Path.Combine(simulator, $"{assembly}.csproj")).Descendants("Compile")
            .Where(file => file.Attribute("LinkBase")?.Value == "Actors/Demos")
            .Select(file => Path.GetFullPath(Path.Combine(simulator, file.Attribute("Include")!.Value)));
        var made = new MutantCompiler(
            assembly,
            root,
            linked,
            Sources(Path.Combine(simulator, "Actors")),
            typeof(Actors.ActorMutantEntry),
            ReferencesOf(assembly).Select(path => MetadataReference.CreateFromFile(path)))
        {
            _load = (name, image) => new ReplacingContext(name, assembly, image).LoadFromAssemblyName(new AssemblyName(assembly)),
        };
        made.Generate();
        return made;
    }

    // The simulation is not compiled again. It is loaded again, beside the assembly that takes the place of the project's.
    private static MutantCompiler OfReplaced(string root, string assembly)
    {
        var project = Path.Combine(root, "src", assembly);
        var file = XDocument.Load(Path.Combine(project, $"{assembly}.csproj"));
        var made = new MutantCompiler(
            assembly,
            project,
            Sources(project),
            [],
            typeof(Actors.ActorMutantEntry),
            ReferencesOf(assembly).Select(path => MetadataReference.CreateFromFile(path)))
        {
            _resources =
            [
                .. file.Descendants("EmbeddedResource").Select(resource =>
                    $"\"{Path.Combine(project, resource.Attribute("Include")!.Value)}\",{resource.Attribute("LogicalName")!.Value}"),
            ],
            _load = (name, image) => new ReplacingContext(name, assembly, image)
                .LoadFromAssemblyName(typeof(MutantCompiler).Assembly.GetName()),
        };
        var friends = file.Descendants("InternalsVisibleTo")
            .Select(friend => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{friend.Attribute("Include")!.Value}\")]");
        made._trees.Add(CSharpSyntaxTree.ParseText(string.Join("\n", friends), Parsing));
        made.Generate();
        return made;
    }

    /// <summary>Returns the folder of the repository that contains this program.</summary>
    public static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RaftActors.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException(
            $"No folder above {AppContext.BaseDirectory} holds RaftActors.sln, whose sources are needed to plant bugs.");
    }

    /// <summary>
    /// Compiles bugs at once, with a switch for each. Their simulation must run on the thread that calls <see cref="Run"/>.
    /// </summary>
    public MutantCompiler With(List<Mutant> bugs)
    {
        _together = new(() => LoadTogether(bugs));
        return this;
    }

    /// <summary>Runs seeds until one finds the bug.</summary>
    /// <param name="workload">
    /// The workload of actors, or <see cref="StarvationTrial.Name"/> for a bug in Core; null: the seed decides, or the bug is in none.
    /// </param>
    /// <returns>The seed, the checker and its message; null if no seed found the bug.</returns>
    public (ulong Seed, string Checker, string What)? Run(Mutant mutant, ulong first, ulong last, string? workload = null) =>
        ((ulong, string, string)?)(_entry == typeof(Actors.ActorMutantEntry)
            ? Invoke(mutant, _entry, first, last, workload)
            : Invoke(mutant, workload == StarvationTrial.Name ? typeof(StarvationMutantEntry) : _entry, first, last));

    /// <summary>Explores the states of a group with a bug in Core.</summary>
    /// <returns>The scope, the checker, its message and the shortest schedule; null if no scope has the bug within these bounds.</returns>
    public (string Scope, string Checker, string What, string[] Schedule)? Explore(Mutant mutant, int depth, int states) =>
        ((string, string, string, string[])?)Invoke(mutant, typeof(ExhaustiveMutantEntry), depth, states);

    /// <summary>Replays the traces of the specification with a bug in Core.</summary>
    /// <returns>The number of the first trace that shows the bug, and how; null if none does.</returns>
    public (int Trace, string Difference)? Replay(Mutant mutant, string file) =>
        ((int, string)?)Invoke(mutant, typeof(ReplayMutantEntry), file);

    private object? Invoke(Mutant mutant, Type entry, params object?[] arguments)
    {
        var (assembly, bugs) = _together.Value;
        if (bugs.IndexOf(mutant) is var at and >= 0)
        {
            var planted = assembly.GetType("PlantedBug")!.GetField("Number")!;
            planted.SetValue(null, NumberOf(at));
            try
            {
                return RunOf(assembly, entry).Invoke(null, arguments);
            }
            finally
            {
                planted.SetValue(null, 0);
            }
        }

        using var image = Emit(Plant(_written.Value, mutant), out var error)
            ?? throw new InvalidDataException($"'{mutant.Name}' does not compile: {error}");
        return RunOf(_load(mutant.Name, image), entry).Invoke(null, arguments);
    }

    private static MethodInfo RunOf(Assembly assembly, Type entry) => assembly.GetType(entry.FullName!)!
        .GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;

    /// <summary>Looks for the lines that bugs change, and compiles nothing.</summary>
    /// <exception cref="InvalidDataException">A line to change does not occur exactly once.</exception>
    public void DemandLines(List<Mutant> mutants) => mutants.ForEach(mutant => _ = Changed(mutant).Count());

    /// <summary>Returns the compiler's errors in the files that the bugs change. Each error names its bug.</summary>
    /// <exception cref="InvalidDataException">A line to change does not occur exactly once.</exception>
    public IEnumerable<Diagnostic> Errors(List<Mutant> mutants)
    {
        List<Mutant> left = [.. mutants.Except(_together.Value.Bugs)];
        var (compilation, together) = PlantTogether(left, _compilation.Value);
        return ErrorsIn(compilation).Any() ? ErrorsOfEach(left) : ErrorsOfEach(left.Except(together));
    }

    private IEnumerable<Diagnostic> ErrorsOfEach(IEnumerable<Mutant> mutants) =>
        mutants.SelectMany(mutant => ErrorsIn(Plant(_compilation.Value, mutant)));

    private IEnumerable<Diagnostic> ErrorsIn(CSharpCompilation compilation) => compilation.SyntaxTrees
        .Except(_compilation.Value.SyntaxTrees)
        .SelectMany(tree => compilation.GetSemanticModel(tree).GetDiagnostics())
        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    private (Assembly Assembly, List<Mutant> Bugs) LoadTogether(List<Mutant> mutants)
    {
        var (compilation, together) = PlantTogether(mutants, _written.Value);
        if (Emit(compilation, out var error) is { } image)
        {
            using (image)
            {
                return (_load("Planted bugs", image), together);
            }
        }

        throw new InvalidDataException($"The bugs do not compile: {ErrorsOfEach(together).FirstOrDefault()?.ToString() ?? error}");
    }

    /// <summary>Plants bugs with a switch for each. Those that no switch can hold are left out.</summary>
    private (CSharpCompilation Compilation, List<Mutant> Together) PlantTogether(
        List<Mutant> mutants, CSharpCompilation basis)
    {
        var (sources, together) = (new Dictionary<string, SwitchedSource>(), new List<Mutant>());
        foreach (var mutant in mutants)
        {
            var condition = $"global::PlantedBug.Number == {NumberOf(together.Count)}";
            if (Changed(mutant).ToList() is var changed && changed.TrueForAll(file => SourceOf(file.File).CanHold(file.Text)))
            {
                changed.ForEach(file => SourceOf(file.File).Add(condition, file.Text));
                together.Add(mutant);
            }
        }

        var compilation = sources.Aggregate(basis, (made, source) => made.ReplaceSyntaxTree(
            _project[source.Key].Tree, CSharpSyntaxTree.ParseText($"{source.Value}", Parsing, path: source.Key)));
        return (compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Switch, Parsing)), together);

        SwitchedSource SourceOf(string file) => sources.TryGetValue(file, out var source)
            ? source
            : sources[file] = new SwitchedSource(_project[file].Text, Parsing);
    }

    // Zero is the code without a bug.
    private static int NumberOf(int place) => place + 1;

    private CSharpCompilation Plant(CSharpCompilation compilation, Mutant mutant) => Changed(mutant).Aggregate(
        compilation,
        (made, file) => made.ReplaceSyntaxTree(
            _project[file.File].Tree, CSharpSyntaxTree.ParseText(file.Text, Parsing, path: $"{mutant.Name}: {file.File}")));

    // The files that a bug changes, with the bug.
    private IEnumerable<(string File, string Text)> Changed(Mutant mutant)
    {
        foreach (var patches in mutant.Patches.GroupBy(patch => patch.File))
        {
            if (!_project.TryGetValue(patches.Key, out var source))
            {
                throw new InvalidDataException($"'{mutant.Name}' changes {patches.Key}, which does not exist; adapt the mutant");
            }

            yield return (patches.Key, patches.Aggregate(source.Text, (before, patch) => patch.Apply(before)));
        }
    }

    // By the compiler that the build has started and warmed. In this process .NET would compile the compiler first, which takes ten times
    // as long as its work.
    private MemoryStream? Emit(CSharpCompilation compilation, out string? error)
    {
        var folder = Directory.CreateTempSubdirectory("mutant").FullName;
        try
        {
            var image = Path.Combine(folder, $"{compilation.AssemblyName}.dll");
            List<string> options =
            [
                "/nologo", "/noconfig", "/nostdlib+", "/target:library", "/optimize+", "/unsafe+", "/nullable:enable", "/langversion:14",
                "/warn:0", "/skipanalyzers+", $"/out:\"{image}\"",
                .. compilation.References.Select(reference => $"/reference:\"{reference.Display}\""),
                .. _generates ? GeneratorFiles().Select(file => $"/analyzer:\"{file}\"") : [],
                .. _resources.Select(resource => $"/resource:{resource}"),
            ];
            foreach (var (number, tree) in compilation.SyntaxTrees.Index())
            {
                var file = Path.Combine(folder, $"{number}.cs");
                File.WriteAllText(file, $"{tree}");
                options.Add($"\"{file}\"");
            }

            var response = Path.Combine(folder, "options.rsp");
            File.WriteAllLines(response, options);
            var start = new ProcessStartInfo("dotnet", [Compiler, "/shared", $"@{response}"]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            error = process.ExitCode == 0 ? null : output.Split('\n').FirstOrDefault(line => line.Contains("error ")) ?? output;
            return error is null ? new MemoryStream(File.ReadAllBytes(image)) : null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The sources of a project, in a fixed order.</summary>
    public static IEnumerable<string> Sources(string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Replace('\\', '/').Split('/').Any(part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal);

    // The project has code of the generators that the SDK has beside the reference assemblies.
    private void Generate()
    {
        _generates = true;
        _compilation = new(() => Generate(_written.Value));
    }

    /// <summary>Adds the sources of the generators that the SDK has beside the reference assemblies.</summary>
    public static CSharpCompilation Generate(CSharpCompilation compilation, CSharpParseOptions? parsing = null)
    {
        string[] named = ["System.Text.Json.SourceGeneration.JsonSourceGenerator", "Microsoft.Interop.LibraryImportGenerator"];
        var generators = GeneratorFiles().Select(Assembly.LoadFrom).ToList()
            .SelectMany(assembly => named.Select(name => assembly.GetType(name))).OfType<Type>()
            .Select(type => ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator());
        CSharpGeneratorDriver.Create(generators, parseOptions: parsing ?? Parsing)
            .RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        return (CSharpCompilation)whole;
    }

    private static string[] GeneratorFiles()
    {
        var packs = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "packs"));
        var json = Directory.GetFiles(packs, "System.Text.Json.SourceGeneration.dll", SearchOption.AllDirectories);
        return Directory.GetFiles(Path.GetDirectoryName(json.Max(StringComparer.Ordinal))!, "*.dll");
    }

    // Of the framework and of what the assembly refers to. Other packages of this program may have methods of the same names.
    private static IEnumerable<string> ReferencesOf(string assembly)
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var referred = new HashSet<string>();
        Add(Assembly.Load(assembly));
        return Assemblies().Where(path =>
            Path.GetDirectoryName(path) == framework || referred.Contains(Path.GetFileNameWithoutExtension(path)));

        void Add(Assembly each)
        {
            foreach (var name in each.GetReferencedAssemblies())
            {
                if (referred.Add(name.Name!))
                {
                    Add(Assembly.Load(name));
                }
            }
        }
    }

    private static string[] Assemblies() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
}
