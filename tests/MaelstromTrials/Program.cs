using MaelstromTrials;

return await TrialProgram.Run(CommandLine.Build(), args);
