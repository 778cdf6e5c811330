using RaftActors.Matrix;

// The child runs in the folder of a test assembly, which lacks most assemblies of this program. So it must not reach the command line.
if (args is ["child", var assembly, .. var planted])
{
    ChildProgram.Run(assembly, planted);
    return 0;
}

return CommandLine.Run(args);
