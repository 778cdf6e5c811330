using RaftActors.Cli;

return Session.Run(args);
